"""The precision-recall curve as a picture. Only this file draws."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_curve"]


def draw_curve(
    file: Path,
    scores: NDArray[np.float64],
    frauds: NDArray[np.bool_],
    title: str,
    published: float | None = None,
) -> None:
    """Draw precision over recall as a PNG, and the published average precision as a line beside it.

    Parameters
    ----------
    file
        Where to.
    scores, frauds
        What was said and what came.
    title
        For people.
    published
        An average precision to compare with.

    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    found = np.cumsum(frauds[np.argsort(-scores, kind="stable")])
    precision, recall = found / np.arange(1, len(found) + 1), found / found[-1]
    figure = Figure(figsize=(6, 4.5), dpi=120, layout="constrained")
    axes = figure.add_subplot(xlabel="recall", ylabel="precision", title=title, xlim=(0, 1), ylim=(0, 1.02))
    axes.plot(recall, precision, color="#0b6e4f", label="tillwatch")
    if published is not None:
        axes.axhline(
            published, color="#888", linestyle="--", label=f"published average precision {published}"
        )
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png")
