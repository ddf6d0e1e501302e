"""Features, models and forecasts: pure functions of events and their times."""
