"""Where alerts go when nobody looks at the page: a terminal, a webhook."""
