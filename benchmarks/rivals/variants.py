"""The variants of each rival framework, named where no framework has to be imported."""

__all__ = ["QUIXSTREAMS", "STOCK_FAUST"]

QUIXSTREAMS = ("plain", "each", "state", "sink", "consume")
STOCK_FAUST = ("each", "send_soon", "take")
