"""The native library: C kernels for everything that a coding path does sample by sample, called through ctypes.

Each kernel computes what a NumPy reference elsewhere in gvc defines, to the last bit: the reference is the
specification, what tests compare with, and what computes where there is no library. ``src/`` has the C sources,
``build`` compiles them for several instruction sets (``isa``), ``library`` chooses one and tests it
(``known_answers``); the other modules are the Python side of one C source each.
"""
