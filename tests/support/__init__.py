"""Parts that tests of several packages use."""
