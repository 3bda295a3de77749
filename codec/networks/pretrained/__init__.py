"""Readers of pretrained weights in local files of Caffe, ONNX, NumPy and Keras. They never run code from a file."""

from codec.networks.pretrained.arrays import KernelLayout, LayerArrays
from codec.networks.pretrained.assign import LayerSource, assign_layers
from codec.networks.pretrained.file import SUFFIXES, read_weights

__all__ = ["SUFFIXES", "KernelLayout", "LayerArrays", "LayerSource", "assign_layers", "read_weights"]
