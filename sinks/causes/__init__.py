"""Why a figure changed, asked of ClickHouse."""
