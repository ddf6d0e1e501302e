"""ClickHouse's HTTP interface over chDB, for the demo and the tests."""
