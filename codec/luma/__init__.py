"""The gray stream: every codec that can carry the luma plane, behind one interface."""

from codec.luma.interface import LUMA_AUTO, LumaEncoder, LumaParameters, LumaRun, LumaSpec
from codec.luma.probe import (
    LUMA_CANDIDATES,
    SEGMENT_FRAMES,
    choose_luma,
    probed_bytes,
    probed_whole_bytes,
    segment_bytes,
)
from codec.luma.registry import (
    WHOLE_PICTURE_CODECS,
    decode_luma,
    decode_whole_pictures,
    luma_parameters,
    open_luma_encoder,
    whole_picture_parameters,
)

__all__ = [
    "LUMA_AUTO",
    "LUMA_CANDIDATES",
    "SEGMENT_FRAMES",
    "WHOLE_PICTURE_CODECS",
    "LumaEncoder",
    "LumaParameters",
    "LumaRun",
    "LumaSpec",
    "choose_luma",
    "decode_luma",
    "decode_whole_pictures",
    "luma_parameters",
    "open_luma_encoder",
    "probed_bytes",
    "probed_whole_bytes",
    "segment_bytes",
    "whole_picture_parameters",
]
