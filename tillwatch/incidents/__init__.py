"""Were the incidents of a simulation found? The matching rule, and the table that shows it."""
