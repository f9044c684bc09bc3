"""Everything at once: which tables there are, how they are read in pieces, and the data package that holds them."""
