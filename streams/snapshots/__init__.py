"""State written down, so that a restart need not read the log from its start."""
