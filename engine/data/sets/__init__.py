"""Real data sets: tables that come with the package, read when they are first used. ``LICENCES.md`` has their terms."""

from engine.data.sets.registry import RealSet, sets

__all__ = ["RealSet", "sets"]
