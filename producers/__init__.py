"""Everything that puts events into Kafka."""
