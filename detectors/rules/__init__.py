"""What analysts decide: rules over payments and their features, and lists."""
