"""Objects that refer to each other, as flat arrays and back: for states that are no arrays themselves."""
