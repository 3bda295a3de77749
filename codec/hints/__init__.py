"""Hints: the coarse chroma stream of the modes `guided` and `coded`."""
