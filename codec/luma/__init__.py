"""The gray stream: every codec that can carry the luma plane, behind one interface."""

from codec.luma.interface import LumaEncoder, LumaParameters, LumaRun, LumaSpec
from codec.luma.probe import SEGMENT_FRAMES, choose_luma, probed_bytes, segment_bytes
from codec.luma.registry import decode_luma, luma_parameters, open_luma_encoder

__all__ = [
    "SEGMENT_FRAMES",
    "LumaEncoder",
    "LumaParameters",
    "LumaRun",
    "LumaSpec",
    "choose_luma",
    "decode_luma",
    "luma_parameters",
    "open_luma_encoder",
    "probed_bytes",
    "segment_bytes",
]
