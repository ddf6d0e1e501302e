"""The same work in other ways, each a process of its own."""
