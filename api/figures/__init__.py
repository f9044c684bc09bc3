"""Figures: windows, roll-ups, intervals, ratios and what may be said of each. Everything here is pure."""
