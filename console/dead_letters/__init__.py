"""Dead letters one by one, and how they are sent back."""
