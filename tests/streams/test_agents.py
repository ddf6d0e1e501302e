"""Agents are thin, and say on top what they read and write."""

import ast
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from schemas import topics
from schemas.topics import Topic

AGENTS = ("fraud", "series", "stock", "trainer", "judge")
FOLDER = Path(__file__).parents[2] / "streams"


def line(module: ModuleType, name: str) -> str:
    found = re.search(rf"^{name}: (.+)$", module.__doc__ or "", re.MULTILINE)
    assert found is not None, f"{module.__name__} has no line {name}"
    return found.group(1)


def topics_named_in(module: ModuleType, source: str, functions: set[str]) -> set[str]:
    """Names of the topics that the calls of these functions mention, alone or as one of several."""
    constants = {name: [one] for name in topics.__all__ if isinstance(one := getattr(topics, name), Topic)}
    constants |= {"INPUTS": list(getattr(module, "INPUTS", ()))}
    return {
        topic.name
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and (getattr(call.func, "attr", None) or getattr(call.func, "id", None)) in functions
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Name)
        for topic in constants.get(node.id, ())
    }


@pytest.mark.parametrize("agent", AGENTS)
def test_the_docstring_names_the_topics_of_the_code(agent: str) -> None:
    module = import_module(f"streams.{agent}")
    source = (FOLDER / f"{agent}.py").read_text()
    for name in ("Key", "State", "Delivery"):
        assert line(module, name)
    reads, writes = (line(module, name).split(", ") for name in ("Reads", "Writes"))
    assert reads == [topic.name for topic in module.READS]
    assert writes == [topic.name for topic in module.WRITES]
    assert topics_named_in(module, source, {"put_dense", "put_keyed"}) == set(writes)
    read_in_code = topics_named_in(module, source, {"source", "ordered_source", "Broadcast"})
    assert read_in_code == set(reads) or (not read_in_code and "READS" in source)


@pytest.mark.parametrize("agent", AGENTS)
def test_the_topic_table_names_the_agent(agent: str) -> None:
    module = import_module(f"streams.{agent}")
    for topic in module.READS:
        assert agent in topic.read_by, f"{topic.name} is read by {agent}"
    for topic in module.WRITES:
        assert agent in topic.written_by, f"{topic.name} is written by {agent}"


@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_reads_like_a_recipe(agent: str) -> None:
    lines = (FOLDER / f"{agent}.py").read_text().splitlines()
    assert len(lines) < 90
