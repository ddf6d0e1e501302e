"""Rules against what ClickHouse keeps: what they would have done, and what they did."""
