"""What a source has done since its process started: counts and latencies."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from streams.batch import Batch

__all__ = ["Progress"]

# Enough for a p99 of a second at full speed without keeping every latency of a fast replay.
MAX_SAMPLES = 10_000


class Progress:
    """Counters from 0, and the latencies since they were last taken.

    Attributes
    ----------
    events, repeats, refused
        Records processed for the first time, and how many of them were repeats or set aside.
    latencies_ms
        p50 and p99 as they were last taken, where there were any.

    """

    def __init__(self) -> None:
        self.events = 0
        self.repeats = 0
        self.refused = 0
        self.latencies_ms: tuple[float, float] | None = None
        self._latencies_ms: list[np.ndarray[Any, np.dtype[np.float64]]] = []
        self._samples = 0

    def acknowledged(self, batches: Sequence[Batch[Any]]) -> None:
        """Count batches whose outputs Kafka has."""
        now_ms = time.time() * 1000
        for batch in batches:
            self.events += len(batch)
            self.repeats += batch.repeats
            self.refused += batch.refused
            if self._samples < MAX_SAMPLES:
                self._latencies_ms.append(now_ms - np.asarray(batch.append_ms, dtype=np.float64))
                self._samples += len(batch)

    def take_latencies(self) -> tuple[float | None, float | None]:
        """Give p50 and p99 in ms from Kafka's append to the acknowledged output since the last call."""
        if not self._latencies_ms:
            return None, None
        values = np.maximum(np.concatenate(self._latencies_ms), 0.0)
        self._latencies_ms = []
        self._samples = 0
        p50, p99 = np.percentile(values, (50, 99))
        self.latencies_ms = float(p50), float(p99)
        return self.latencies_ms
