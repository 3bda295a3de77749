"""Weights that others trained, read from local files: Caffe, ONNX, NumPy and Keras. Nothing in a file is ever run."""

from codec.networks.pretrained.arrays import KernelLayout, LayerArrays
from codec.networks.pretrained.assign import LayerSource, assign_layers
from codec.networks.pretrained.file import SUFFIXES, read_weights

__all__ = ["SUFFIXES", "KernelLayout", "LayerArrays", "LayerSource", "assign_layers", "read_weights"]
