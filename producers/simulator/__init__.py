"""A small retailer that never existed: seeded, so that the same seed and start give the same events."""
