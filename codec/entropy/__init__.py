"""Entropy coding: integer probability tables and a range coder."""
