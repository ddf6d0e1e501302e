"""What analysts should look at today: the page "To review" and its API."""
