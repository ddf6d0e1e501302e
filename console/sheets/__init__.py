"""Pages of figures, charts and tables: declared once, served as page, JSON and CSV."""
