"""What analysts should look at today, read from ClickHouse."""
