"""Kernels for other processors, called through an emulator."""
