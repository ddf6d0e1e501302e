"""The examples in docstrings say what happens."""

import doctest
from types import ModuleType

import pytest

from sinks.channels import backoff, signature


@pytest.mark.parametrize("module", [backoff, signature])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)
