"""Quantization and entropy coding of a network's weights. This package does not import Keras."""
