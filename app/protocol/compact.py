"""Dataclasses that are pickled for every frame."""

from typing import Any


class Compact:
    """A dataclass with slots that is pickled as its values alone, in half the time."""

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple([getattr(self, name) for name in self.__slots__])
