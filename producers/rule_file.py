"""Reading `rules.yaml`: every problem with its line."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from detectors.errors import RuleRefused
from detectors.rules.engine import compile_expression
from schemas.errors import Stop
from schemas.rule_set import MAX_RULES, Rule

__all__ = ["MAX_BYTES", "Problem", "RuleFileRefused", "read_rules"]

MAX_BYTES = 262_144
DATE_LENGTH = len("2027-03-01")


class Problem(NamedTuple):
    """What is wrong, and in which line, counted from 1."""

    line: int
    reason: str


class RuleFileRefused(Stop):
    """A file of rules cannot be used; nothing was published. Mend the lines that are named.

    Parameters
    ----------
    problems
        All that were found, by line.

    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(f"line {line}: {reason}" for line, reason in self.problems))


def read_rules(text: str) -> list[Rule]:
    """Read and check the rules of a file.

    Parameters
    ----------
    text
        YAML: a mapping with one key `rules`, a list of mappings with the fields of `Rule`. Nothing but plain
        texts is read: no tags, no anchors.

    Raises
    ------
    RuleFileRefused
        With every rule that cannot be used.

    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    seen: dict[str, int] = {}
    nodes = rule_nodes(text)
    if len(nodes) > MAX_RULES:
        raise RuleFileRefused([Problem(line_of(nodes[MAX_RULES]), f"more than {MAX_RULES} rules")])
    for node in nodes:
        try:
            fields, lines = fields_of_rule(node)
        except RuleFileRefused as error:
            problems += error.problems
            continue
        rule = checked(fields, lines, line_of(node), problems)
        if rule is None:
            continue
        if rule.name in seen:
            problems.append(Problem(lines["name"], f"{rule.name} is the name of line {seen[rule.name]} too"))
        seen.setdefault(rule.name, lines["name"])
        rules.append(rule)
    if problems:
        raise RuleFileRefused(problems)
    return rules


def rule_nodes(text: str) -> list[yaml.Node]:
    """Find the rules in a document."""
    if len(text.encode()) > MAX_BYTES:
        raise RuleFileRefused([Problem(1, f"the file is larger than {MAX_BYTES} bytes")])
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise RuleFileRefused([Problem(event.start_mark.line + 1, "tags and anchors are not read")])
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise RuleFileRefused([Problem(line, f"is no YAML: {error.problem}")]) from None
    except yaml.YAMLError as error:
        raise RuleFileRefused([Problem(1, f"is no YAML: {' '.join(str(error).split())}")]) from None
    except RecursionError:
        raise RuleFileRefused([Problem(1, "is nested too deep")]) from None
    keys = [key.value for key, _ in root.value] if isinstance(root, yaml.MappingNode) else []
    if root is None or keys != ["rules"] or not isinstance(root.value[0][1], yaml.SequenceNode):
        raise RuleFileRefused([Problem(1, "expected one key, rules, with a list; `rules: []` for none")])
    return list(root.value[0][1].value)


def fields_of_rule(node: yaml.Node) -> tuple[dict[str, str], dict[str, int]]:
    """Read the texts of a rule, and in which line each stands."""
    if not isinstance(node, yaml.MappingNode):
        raise RuleFileRefused([Problem(line_of(node), "expected a rule: name, when, action, owner")])
    fields: dict[str, str] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        name = str(key.value)
        if not isinstance(value, yaml.ScalarNode):
            raise RuleFileRefused([Problem(line_of(value), f"{name}: expected a text")])
        if name not in Rule.model_fields:
            known = ", ".join(Rule.model_fields)
            raise RuleFileRefused([Problem(line_of(key), f"{name} is no field of a rule: {known}")])
        if name in fields:
            raise RuleFileRefused([Problem(line_of(key), f"{name} is there twice")])
        fields[name], lines[name] = value.value, line_of(value)
    return fields, lines


def checked(
    fields: Mapping[str, str], lines: Mapping[str, int], first: int, problems: list[Problem]
) -> Rule | None:
    """Make the rule; note what is wrong with it, and give None then."""
    values = dict(fields)
    ends = values.get("expires_at", "")
    if len(ends) == DATE_LENGTH:
        values["expires_at"] = f"{ends}T00:00:00Z"
    try:
        rule = Rule.model_validate_strings(values)
        compile_expression(rule.when)
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else "rule"
            problems.append(Problem(lines.get(name, first), f"{name}: {problem['msg']}"))
        return None
    except RuleRefused as error:
        problems.append(Problem(lines["when"], f"{fields.get('name', 'rule')}: {error.reason}"))
        return None
    return rule


def line_of(node: yaml.Node) -> int:
    """Say in which line a node begins, counted from 1."""
    return int(node.start_mark.line) + 1
