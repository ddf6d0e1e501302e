"""ClickHouse: its tables, its writer, its queries, and the embedded server."""
