"""The coarse chroma stream that guides the network."""
