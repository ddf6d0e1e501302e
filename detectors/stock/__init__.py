"""What is left of each article, and for how long."""
