"""Which statements may run: ClickHouse itself says what each one is, an allow-list says yes.

A statement is first rewritten by ClickHouse (`formatQuerySingleLine`): one statement, no comments, no
escapes in names. That text is checked and that text runs, so nothing can hide behind a spelling.
"""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from sinks.embedded.refusals import ServerError, names

__all__ = ["Guard", "Statement"]

# (text, parameters) -> output as text. The engine runs it read-only.
Ask = Callable[[str, Mapping[str, str]], str]

READING = names(
    "SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery Explain ShowTables ShowColumns "
    "ShowIndexes ShowFunctions ShowProcesslistQuery ShowSettingQuery ShowCreateTableQuery "
    "ShowCreateDatabaseQuery ShowCreateViewQuery DescribeQuery ExistsTableQuery ExistsDatabaseQuery "
    "ExistsViewQuery"
)
WRITING = names("InsertQuery CreateQuery DropQuery TruncateQuery AlterQuery OptimizeQuery Rename DeleteQuery")
CREATED_OF = frozenset(
    ["Identifier", "Columns", "Storage", "SelectWithUnionQuery", "ViewTargets", "View", "Literal"]
)
ALTERING = names(
    "ADD_COLUMN DROP_COLUMN MODIFY_COLUMN RENAME_COLUMN COMMENT_COLUMN MATERIALIZE_COLUMN ADD_INDEX "
    "DROP_INDEX MATERIALIZE_INDEX ADD_PROJECTION DROP_PROJECTION MATERIALIZE_PROJECTION MODIFY_TTL "
    "REMOVE_TTL MATERIALIZE_TTL MODIFY_SETTING RESET_SETTING MODIFY_QUERY MODIFY_ORDER_BY MODIFY_COMMENT "
    "DROP_PARTITION REPLACE_PARTITION DELETE UPDATE"
)
# Engines that keep their data inside the store; File, URL, Kafka, S3, Executable, Merge … do not.
ENGINES = re.compile(r"Atomic|Memory|Null|View|MaterializedView|(Replacing|Summing|Aggregating|Collapsing|"
                     r"VersionedCollapsing|Coalescing)?MergeTree")  # fmt: skip
# Table functions that only compute; of all others the engine tells the names.
COMPUTING = names(
    "numbers numbers_mt zeros zeros_mt generate_series generateseries values null primes format"
)
# Functions that read files or call out, and may hide without brackets: `* APPLY(file)`.
LEAVING = re.compile(r"file|filesystem\w*|python|showcertificate|catboostevaluate|getenv|ai[a-z]{5,10}")
SETTINGS_OF_STORAGE = re.compile(r"(disk|storage_policy|table_disk)\s*=", re.IGNORECASE)
TOKEN = re.compile(
    r"'(?:[^'\\]|\\.)*'"
    r"|`(?P<quoted>(?:[^`\\]|\\.)*)`\s*(?P<called>\(?)"
    r"|(?P<word>\w+)\s*(?P<call>\(?)",
    re.DOTALL,
)
NODE = re.compile(r"^(?P<indent> *)(?P<kind>[A-Za-z]+)(?: query)?(?: (?P<rest>.*?))?(?: \(children \d+\))?$")


class Statement(NamedTuple):
    """A checked statement: the text that runs, what it is, and the output format it names."""

    text: str
    kind: str
    output_format: str | None

    @property
    def reads(self) -> bool:
        """Whether it only reads."""
        return self.kind in READING


class Guard:
    """Checks statements; remembers those that were fine, because clients repeat themselves.

    Parameters
    ----------
    ask
        Runs a query in the engine, read-only.

    """

    REMEMBERED = 2_000

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        names = ask("SELECT lower(name) FROM system.table_functions FORMAT TSVRaw", {}).split()
        self.refused_functions = frozenset(names) - COMPUTING
        self.known: dict[tuple[str, tuple[tuple[str, str], ...]], Statement] = {}

    def check(self, text: str, parameters: Mapping[str, str]) -> Statement:
        """Rewrite and check a statement without its data.

        Raises
        ------
        ServerError
            A syntax error, or a statement, function, engine or clause that this server does not offer.

        """
        identity = (text, tuple(sorted(parameters.items())) if ":Identifier}" in text else ())
        if identity in self.known:
            return self.known[identity]
        statement = self.rewrite(text, parameters)
        if len(self.known) >= self.REMEMBERED:
            self.known.clear()
        if len(text) < 100_000:
            self.known[identity] = statement
        return statement

    def rewrite(self, text: str, parameters: Mapping[str, str]) -> Statement:
        """Let ClickHouse rewrite and explain the statement, and check both."""
        escaped = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        plain = self.ask(
            "SELECT formatQuerySingleLine({statement:String}) FORMAT TSVRaw", {"statement": escaped}
        ).removesuffix("\n")
        self.check_words(plain)
        nodes = [NODE.match(line) for line in self.ask(f"EXPLAIN AST {plain}", parameters).splitlines()]
        kind, output_format = check_tree([node for node in nodes if node is not None and node["kind"]])
        return Statement(plain, kind, output_format)

    def check_words(self, text: str) -> None:
        """Refuse functions that leave the database, wherever they stand."""
        for token in TOKEN.finditer(text):
            word = (token["word"] or token["quoted"] or "").lower()
            called = token["call"] or token["called"]
            if word == "input" and text.startswith("INSERT "):
                continue  # what the data of the insert is called
            if (called and word in self.refused_functions) or LEAVING.fullmatch(word):
                raise denied(f"function {word}")
        if SETTINGS_OF_STORAGE.search(re.sub(r"'(?:[^'\\]|\\.)*'", "''", text)):
            raise denied("a disk or storage policy")
        if re.match(r"(CREATE|DROP) DATABASE (IF (NOT )?EXISTS )?`?(default|system)`?(\s|$)", text, re.I):
            raise denied("this database")


def check_tree(nodes: list[re.Match[str]]) -> tuple[str, str | None]:
    """Walk through `EXPLAIN AST`; return the statement's kind and output format."""
    if not nodes or nodes[0]["kind"] not in READING | WRITING:
        raise denied(f"statement {nodes[0]['kind'] if nodes else 'unknown'}")
    kind = nodes[0]["kind"]
    if kind in WRITING and (nodes[0]["rest"] or "").strip().startswith(("default ", "system ")):
        raise denied("this database")
    children = [node for node in nodes if len(node["indent"]) == 1]
    output_format = None
    for node in children:
        if node["kind"] == "Literal" and kind != "CreateQuery":
            raise denied("INTO OUTFILE or FROM INFILE")
        if kind == "CreateQuery" and node["kind"] not in CREATED_OF:
            raise denied(f"CREATE with {node['kind']}")
        if node["kind"] == "Identifier" and kind in READING and not kind.startswith(("ShowCreate", "Exists")):
            output_format = node["rest"]
    for before, node in pairwise(nodes):
        if before["kind"] == "Storage" and node["kind"] == "Function":
            engine = (node["rest"] or "").split(" ")[0]
            if ENGINES.fullmatch(engine) is None:
                raise denied(f"engine {engine}")
        if node["kind"] == "AlterCommand" and (node["rest"] or "").split(" ")[0] not in ALTERING:
            raise denied(f"ALTER {node['rest']}")
    if any(node["kind"] == "InsertQuery" for node in nodes) and kind in READING:
        raise denied("EXPLAIN of an insert")
    return kind, output_format


def denied(what: str) -> ServerError:
    """Say that something is not offered here."""
    return ServerError(497, "ACCESS_DENIED", f"{what} is not available on this server")
