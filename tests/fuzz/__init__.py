"""Streams that an author who knows the format made to break a reader: see :mod:`tests.fuzz.run`."""
