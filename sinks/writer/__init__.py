"""From Kafka into ClickHouse, exactly once."""
