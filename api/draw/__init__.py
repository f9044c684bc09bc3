"""Charts: what is to be drawn (`drawings`), how it looks (`specs`), and who draws it (`workshop`)."""
