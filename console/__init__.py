"""The ops team's page and its API."""
