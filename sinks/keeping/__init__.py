"""What is kept, for how long, of whom, and a copy of it."""
