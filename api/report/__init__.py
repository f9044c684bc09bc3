"""The report of an area: what it says (`model`), how that is found (`write` and beside it), and how it is written out."""
