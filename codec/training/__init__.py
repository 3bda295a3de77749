"""Training a network on the very video that is sent (sender only)."""
