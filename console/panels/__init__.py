"""The panels of the Now page: each turns the rows of its query into what people read."""
