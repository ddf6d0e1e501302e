"""Which classes a graph may hold, and which fields their objects have in this program."""

import ast
import dataclasses
import inspect
from collections.abc import Iterable
from functools import cache
from sys import modules
from textwrap import dedent
from types import FunctionType
from typing import Any

import msgspec
from pydantic import BaseModel

from detectors.errors import SnapshotRefused

__all__ = ["fields_of", "is_ours", "is_unchanging", "name_of", "named_class"]

OURS = ("detectors.", "schemas.")
"""Only classes of these packages are made again, and only those that are imported already."""

NOT_FIELDS = {"__dict__", "__weakref__"}


def is_ours(cls: type[Any]) -> bool:
    """Whether objects of a class may be in a graph, besides numbers, texts and containers."""
    return cls.__module__.startswith(OURS)


def is_unchanging(cls: type[Any]) -> bool:
    """Whether an object has all its fields when it is made: others may look it up by them."""
    parameters = getattr(cls, "__dataclass_params__", None)
    return issubclass(cls, tuple | BaseModel) or (parameters is not None and parameters.frozen)


def name_of(cls: type[Any]) -> str:
    """Name a class as a layout does. A struct that was derived from a contract has the contract's name."""
    return f"{cls.__module__}:{cls.__qualname__}"


def named_class(name: str) -> type[Any]:
    """Find a class by the name that a layout has for it; nothing is imported for it.

    Raises
    ------
    SnapshotRefused
        This program has no such class, or none whose objects may be in a graph.

    """
    module_name, _, qualified = name.partition(":")
    found: Any = modules.get(module_name)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type) or not is_ours(found) or name_of(found) != name:
        raise SnapshotRefused(f"it holds objects of {name}, which this program does not have")
    return found


def fields_of(cls: type[Any]) -> frozenset[str]:
    """Name the fields that an object of a class has: those that it declares, or that its `__init__` sets."""
    if issubclass(cls, BaseModel):
        return frozenset(cls.model_fields)
    if issubclass(cls, msgspec.Struct):
        return frozenset(cls.__struct_fields__)
    if issubclass(cls, tuple):
        return frozenset(getattr(cls, "_fields", ()))
    if dataclasses.is_dataclass(cls):
        return frozenset(one.name for one in dataclasses.fields(cls))
    own = (base for base in cls.__mro__ if is_ours(base))
    return frozenset(name for base in own for name in (*slots_of(base), *set_at_first(base)))


def slots_of(cls: type[Any]) -> Iterable[str]:
    """Name the slots that a class itself adds."""
    slots = cls.__dict__.get("__slots__", ())
    return {slots} if isinstance(slots, str) else set(slots) - NOT_FIELDS


def set_at_first(cls: type[Any]) -> Iterable[str]:
    """Name what the `__init__` of a class itself sets."""
    begin = cls.__dict__.get("__init__")
    return set_by(begin) if inspect.isfunction(begin) else ()


@cache  # reading the source costs 5 ms, and each snapshot asks for each class
def set_by(begin: FunctionType) -> Iterable[str]:
    """Name what an `__init__` sets."""
    self_name = begin.__code__.co_varnames[0]
    return {
        node.attr
        for node in ast.walk(ast.parse(dedent(inspect.getsource(begin))))
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == self_name
    }
