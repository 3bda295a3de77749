"""Where the chroma samples of an output lie."""

from __future__ import annotations

from codec.video.info import VideoInfo
from codec.video.marks import ChromaLocation
from codec.video.pixel_formats import ColorModel, PixelFormat


def written_location(info: VideoInfo, target: PixelFormat) -> ChromaLocation:
    """Where the chroma of the output lies: as in the source, if it has as many samples."""
    source = info.pixel_format
    is_same = (source.log2_chroma_w, source.log2_chroma_h) == (target.log2_chroma_w, target.log2_chroma_h)
    if source.model is target.model is ColorModel.YUV and is_same and target.log2_chroma_w:
        return info.marks.chroma_location
    return ChromaLocation.UNSPECIFIED
