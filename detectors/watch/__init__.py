"""Watchers: each turns scores, figures or signs of life into findings, by event time alone."""
