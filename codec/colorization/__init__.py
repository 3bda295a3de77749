"""Color for gray video from elsewhere: by a network that others trained, or one that learns from colored pictures.

    source ─► gray ─┬─► cuts ───────────────┐
                    └─► network ─► color ───┴─► stabilizer ─► sink
    references, a file of weights, or another video's stream ─► network

The modules in the order of the data: ``options``, ``output`` (what the colored video is), ``networks`` (where the
network comes from), ``shots`` (cuts, as they are found in a stream of frames), ``stabilizer``, ``pipeline``.
"""

from codec.colorization.options import ColorizeOptions
from codec.colorization.pipeline import Colorized, colorize

__all__ = ["ColorizeOptions", "Colorized", "colorize"]
