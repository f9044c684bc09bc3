"""From published files to facts, and from facts to published observations."""
