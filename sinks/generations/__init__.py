"""Generations of scores in ClickHouse: loaded beside the live ones, exchanged with them, dropped."""
