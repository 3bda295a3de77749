"""Measurements of gvc on real clips, and the demonstration that `make demo` runs."""
