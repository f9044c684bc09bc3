"""From publishers to `BOROUGH_DATA/raw`: the only package that talks to others over the network."""
