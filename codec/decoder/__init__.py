"""The receiver, the mirror of :mod:`codec.encoder`.

networks   the networks of a stream, loaded when a track asks for them
tracks     how gray and color come: chosen from the header, one for each track of the sender
segment    one segment, from its record to its pictures: a pure function
pipeline   a stream, front to back, into a sink; its stages overlap
"""

from codec.decoder.pipeline import Decoded, DecodeOptions, decode

__all__ = ["DecodeOptions", "Decoded", "decode"]
