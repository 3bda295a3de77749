"""Planes to the last bit: a whole-number network predicts every sample, a range coder writes what is left."""
