"""Data sets, features, and the points a config describes."""
