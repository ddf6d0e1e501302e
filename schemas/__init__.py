"""The contracts: what flows, through which topic, and what is refused."""
