"""The Alerts page: what is wrong, why, and what somebody says to it."""
