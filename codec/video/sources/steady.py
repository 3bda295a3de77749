"""What a stream says of its pictures must hold for all of them: one description stands for the whole video."""

from __future__ import annotations

from fractions import Fraction

from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from codec.errors import InputError
from codec.video.color import ColorConversion
from codec.video.info import VideoInfo
from codec.video.pixel_formats import ColorModel
from codec.video.sources.decoded_frames import color_of

_UNSPECIFIED = 2
_ADVICE = "split the video there, and encode the parts"


class SteadyPictures:
    """Notices a picture that is described unlike the first one.

    Args:
        info: made of the first picture.
        first: the first picture.
        name: what to call the input in errors.
    """

    def __init__(self, info: VideoInfo, first: VideoFrame, name: str) -> None:
        self._name = name
        self._is_yuv = info.pixel_format.model is ColorModel.YUV
        self._is_full = ColorConversion.of(info).full_range
        self._color = color_of(first)
        self._aspect: Fraction | None = None

    def check(self, frame: VideoFrame, stream: VideoStream, number: int) -> None:
        """Compare a picture's description.

        Args:
            frame: the picture.
            stream: it was decoded from; its decoder has gone on by some pictures at most.
            number: of the picture, counted from 0.

        Raises:
            InputError: range, colors or the shape of samples change.
        """
        color = color_of(frame)
        if color != self._color:
            is_full = color.color_range == 2 if color.color_range else not self._is_yuv
            if is_full != self._is_full:
                ranges = {True: "full", False: "limited"}
                raise self._changed("range", ranges[self._is_full], ranges[is_full], number)
            for name in ("matrix", "transfer", "primaries"):
                before, now = getattr(self._color, name), getattr(color, name)
                if before != now and _UNSPECIFIED not in (before, now):
                    raise self._changed(f"color {name}", f"{before} (H.273)", str(now), number)
        aspect = stream.codec_context.sample_aspect_ratio
        if aspect is not None:
            if self._aspect is not None and aspect != self._aspect:
                raise self._changed("sample aspect ratio", str(self._aspect), str(aspect), number)
            self._aspect = aspect

    def _changed(self, what: str, before: str, now: str, number: int) -> InputError:
        return InputError(
            f"expected the {what} {before} in all of {self._name}. Received: {now} near frame {number}; {_ADVICE}"
        )
