"""Integer probability tables and range coding."""
