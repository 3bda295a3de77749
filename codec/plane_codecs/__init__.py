"""The gray stream: every codec that can carry the luma plane, behind one interface."""

from codec.plane_codecs.interface import LUMA_AUTO, CodedRun, PlaneCodecSpec, PlaneEncoder, PlaneParameters
from codec.plane_codecs.probe import (
    LUMA_CANDIDATES,
    SEGMENT_FRAMES,
    choose_luma,
    probed_bytes,
    probed_whole_bytes,
    segment_bytes,
)
from codec.plane_codecs.registry import (
    WHOLE_PICTURE_CODECS,
    decode_planes,
    decode_whole_pictures,
    open_plane_encoder,
    plane_parameters,
    whole_picture_parameters,
)

__all__ = [
    "LUMA_AUTO",
    "LUMA_CANDIDATES",
    "SEGMENT_FRAMES",
    "WHOLE_PICTURE_CODECS",
    "CodedRun",
    "PlaneCodecSpec",
    "PlaneEncoder",
    "PlaneParameters",
    "choose_luma",
    "decode_planes",
    "decode_whole_pictures",
    "open_plane_encoder",
    "plane_parameters",
    "probed_bytes",
    "probed_whole_bytes",
    "segment_bytes",
    "whole_picture_parameters",
]
