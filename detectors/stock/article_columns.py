"""Articles as flat arrays."""

from collections.abc import Iterable, Sequence
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column, packed_texts, texts
from detectors.stock.article import Article

__all__ = ["article_parts", "articles_of"]

TIMES = ("stated_at", "counted_at", "count_covers_from", "last_receipt_at", "sold", "since", "as_of")
MAYBE_NEVER = frozenset({"counted_at", "last_receipt_at"})
LISTS = ("changes", "sales")
NO_DIFFERENCE = np.iinfo(np.int64).min


def article_parts(articles: dict[tuple[str, str], Article]) -> Parts:
    """Copy articles, by place and SKU.

    Cost: 4 µs an article.
    """
    kept = list(articles.values())
    parts = packed_texts("articles", [word for key in articles for word in key])
    parts["level"] = np.array([article.level for article in kept], np.int64)
    parts["difference"] = np.array(
        [NO_DIFFERENCE if article.difference is None else article.difference for article in kept], np.int64
    )
    for name in TIMES:
        values = [getattr(article, name) for article in kept]
        parts[name] = np.array([nan if value is None else value for value in values], np.float64)
    for name in LISTS:
        lists: list[Sequence[tuple[float, int]]] = [getattr(article, name) for article in kept]
        parts[f"{name}.lengths"] = np.array([len(one) for one in lists], np.int64)
        parts[f"{name}.at"] = np.array([at for one in lists for at, _ in one], np.float64)
        parts[f"{name}.pieces"] = np.array([pieces for one in lists for _, pieces in one], np.int64)
    return parts


def articles_of(parts: Parts) -> dict[tuple[str, str], Article]:
    """Make the articles of a copy.

    Raises
    ------
    SnapshotRefused
        Arrays that do not fit together.

    """
    words = texts(parts, "articles")
    count = len(words) // 2
    levels = column(parts, "level", np.int64, count).tolist()
    differences = column(parts, "difference", np.int64, count).tolist()
    articles = [Article(0.0) for _ in range(count)]
    for article, level, difference in zip(articles, levels, differences, strict=True):
        article.level = level
        article.difference = None if difference == NO_DIFFERENCE else difference
    for name in TIMES:
        for article, value in zip(articles, column(parts, name, np.float64, count).tolist(), strict=True):
            setattr(article, name, None if name in MAYBE_NEVER and isnan(value) else value)
    for name in LISTS:
        for article, movements in zip(articles, listed(parts, name, count), strict=True):
            setattr(article, name, movements)
    return dict(zip(zip(words[::2], words[1::2], strict=True), articles, strict=True))


def listed(parts: Parts, name: str, count: int) -> Iterable[list[tuple[float, int]]]:
    """Cut the movements of all articles into those of each."""
    lengths: NDArray[Any] = column(parts, f"{name}.lengths", np.int64, count)
    ends = np.cumsum(lengths).tolist()
    total = ends[-1] if ends else 0
    if (lengths < 0).any():
        raise SnapshotRefused(f"{name} has a length below 0")
    movements = list(
        zip(
            column(parts, f"{name}.at", np.float64, total).tolist(),
            column(parts, f"{name}.pieces", np.int64, total).tolist(),
            strict=True,
        )
    )
    return (movements[end - length : end] for end, length in zip(ends, lengths.tolist(), strict=True))
