"""Payment files."""
