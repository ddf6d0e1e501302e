"""What is kept of input that could not be used."""
