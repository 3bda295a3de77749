"""Colorization of gray videos that gvc did not encode, with a pretrained network or one trained on references.

    source ─► gray ─┬─► cuts ───────────────┐
                    └─► network ─► color ───┴─► stabilizer ─► sink
    references, a file of weights, or another video's stream ─► network

The modules, in the order of the data flow: ``options``; ``output``, the description of the colored video; ``networks``,
which loads or trains the network; ``shots``, which finds cuts in a stream of frames; ``stabilizer``; ``pipeline``.
"""

from codec.colorization.options import ColorizeOptions
from codec.colorization.pipeline import Colorized, colorize

__all__ = ["ColorizeOptions", "Colorized", "colorize"]
