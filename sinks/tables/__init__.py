"""What goes into which table: one file per table, named like it."""
