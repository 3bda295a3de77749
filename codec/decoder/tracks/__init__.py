"""How gray and color come: the receiver's side of :mod:`codec.encoder.tracks`, chosen from the header."""
