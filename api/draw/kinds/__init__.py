"""How each kind of drawing is laid out: from data and words to rows of a plane. Pure."""
