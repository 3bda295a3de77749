"""Plane codecs: video codecs, general compression and raw storage for planes, behind one interface.

Gray planes, hints, stacked chroma and whole pictures all go through a plane codec.
"""

from codec.plane_codecs.interface import (
    LUMA_ADAPTIVE,
    LUMA_AUTO,
    CodedRun,
    PlaneCodecSpec,
    PlaneEncoder,
    PlaneParameters,
)
from codec.plane_codecs.registry import (
    PLANE_CODECS,
    WHOLE_PICTURE_CODECS,
    check_playable,
    decode_planes,
    decode_whole_pictures,
    is_lossless,
    luma_help,
    open_plane_encoder,
    plane_parameters,
    tried_codecs,
    whats_not_playable,
    whole_picture_parameters,
)

__all__ = [
    "LUMA_ADAPTIVE",
    "LUMA_AUTO",
    "PLANE_CODECS",
    "WHOLE_PICTURE_CODECS",
    "CodedRun",
    "PlaneCodecSpec",
    "PlaneEncoder",
    "PlaneParameters",
    "check_playable",
    "decode_planes",
    "decode_whole_pictures",
    "is_lossless",
    "luma_help",
    "open_plane_encoder",
    "plane_parameters",
    "tried_codecs",
    "whats_not_playable",
    "whole_picture_parameters",
]
