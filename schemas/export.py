"""Write what people and other languages read of the contracts: `python -m schemas.export`.

The JSON Schema of every topic goes to `schemas/json/`, the table of topics to `docs/topics.md`, that of
metrics to `docs/metrics.md`. All are made from `schemas/topics.py` and `schemas/metrics.py` alone, so the
same contracts give the same bytes; a test refuses stale ones.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from schemas.metrics import METRICS_EXPOSED
from schemas.metrics_page import metrics_page
from schemas.topics import TOPICS, Topic
from schemas.topics_page import topics_page

__all__ = ["exported", "main", "write"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def exported(topics: Mapping[str, Topic] = TOPICS) -> dict[str, str]:
    """Compute every exported file: path within the project, and text."""
    files = {f"schemas/json/{name}.schema.json": json_schema(topic) for name, topic in topics.items()}
    files["docs/topics.md"] = topics_page(topics)
    files["docs/metrics.md"] = metrics_page(METRICS_EXPOSED.values())
    return files


def json_schema(topic: Topic) -> str:
    """Describe a topic's records as JSON Schema, keys sorted."""
    schema = topic.model.model_json_schema()
    schema["$schema"] = DIALECT
    schema["x-kafka"] = {"topic": topic.name, "key": topic.key, "partitions": topic.partitions}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def write(root: Path) -> list[str]:
    """Write the exported files below a folder; delete schemas of topics that are no more.

    Returns
    -------
    list of str
        The paths that changed, sorted.

    """
    files = exported()
    changed = []
    for stale in (root / "schemas" / "json").glob("*.schema.json"):
        path = stale.relative_to(root).as_posix()
        if path not in files:
            stale.unlink()
            changed.append(path)
    for path, text in files.items():
        target = root / path
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        changed.append(path)
    return sorted(changed)


def main() -> None:
    """Export into the folder that holds the packages."""
    changed = write(Path(__file__).parent.parent)
    sys.stdout.write("".join(f"written {path}\n" for path in changed) or "all up to date\n")


if __name__ == "__main__":
    main()
