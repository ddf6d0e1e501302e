"""The examples in docstrings say what happens."""

import doctest
import importlib
import pkgutil

import pytest

import schemas

MODULES = sorted(module.name for module in pkgutil.iter_modules(schemas.__path__, "schemas."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_hold() -> None:
    assert doctest.testmod(importlib.import_module("schemas.card_numbers")).attempted >= 3
