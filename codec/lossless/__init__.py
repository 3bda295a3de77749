"""Lossless planes: a whole-number network predicts every sample, and a range coder writes the residual."""
