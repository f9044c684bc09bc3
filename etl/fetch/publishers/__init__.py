"""One module a publisher: from its entry in addresses.toml, what there is to fetch from it."""
