"""The sender's modes: a file for each. A new mode is a file here, a line below, and a member of ``Color``."""

from codec.encoder.modes.coded import Coded
from codec.encoder.modes.gop import Gop
from codec.encoder.modes.gray_only import GrayOnly
from codec.encoder.modes.guided import Guided
from codec.encoder.modes.lossless import Chroma, Lossless
from codec.encoder.modes.mode import Mode, Option, Shared, options_of
from codec.encoder.modes.model import Model

MODES: tuple[type[Mode], ...] = (Guided, Lossless, Model, Coded, GrayOnly)
"""All of them, in the order of the help."""

__all__ = [
    "MODES",
    "Chroma",
    "Coded",
    "Gop",
    "GrayOnly",
    "Guided",
    "Lossless",
    "Mode",
    "Model",
    "Option",
    "Shared",
    "options_of",
]
