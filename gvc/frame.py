"""What a video gives: frames with their times, and what is known of the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy.typing as npt

    from codec.video.info import VideoInfo
    from codec.video.picture import Picture
    from container_format import HeaderRecord

    Planes = tuple[npt.NDArray[Any], ...]

_RANGES = {1: "limited", 2: "full"}
_UNSPECIFIED = 2  # of H.273

DataT = TypeVar("DataT")
DataT_co = TypeVar("DataT_co", covariant=True)


@dataclass(frozen=True, eq=False)
class Frame(Generic[DataT_co]):
    """A frame of a video.

    Attributes:
        data: its samples, uint8 for 8 bits and uint16 for 9 to 16 bits, which are yours to change. Of :class:`Video`
            a tuple of planes (rows, columns): (Y,), (Y, U, V) or (R, G, B), and the alpha behind them if there is one.
            Of :attr:`Video.rgb` one array (height, width, 3), of :attr:`Video.gray` one array (height, width).
        pts_seconds: when it is shown, in seconds of the video's own clock, which need not start at 0.
        duration_seconds: how long; by the frame rate where the stream does not say it, and None without a rate.
        index: its number in the video, counted from 0.
    """

    data: DataT_co
    pts_seconds: float
    duration_seconds: float | None
    index: int

    def __repr__(self) -> str:
        planes: tuple[Any, ...] = self.data if isinstance(self.data, tuple) else (self.data,)
        samples = " ".join(str(plane.shape) for plane in planes)
        return f"<gvc.Frame {self.index} at {self.pts_seconds:g} s: {planes[0].dtype} {samples}>"


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What is known of a video before a frame is decoded.

    Attributes:
        width, height: of a picture, in samples of the gray.
        num_frames: in the stream.
        frame_rate: nominal frames a second, or the mean where times follow no rate; None where the source did not say.
        pixel_format: the source's, by FFmpeg's name, such as ``yuv420p``.
        bit_depth: bits of a sample, 8 to 16.
        color: how color is made: ``none``, ``model``, ``guided``, ``coded`` or ``lossless``.
        gray_is_exact: the gray is the source's, to the bit.
        is_exact: every sample is.
        sample_aspect_ratio: width over height of one sample; None if the source did not say.
        color_range: ``limited`` (16 to 235 of 8 bits) or ``full``; None if the source did not say.
        color_primaries, color_transfer, color_matrix: what the samples mean, as code points of ITU-T H.273, such as 1
            for BT.709 or 9 and 16 for the primaries and the transfer of HDR10; None if the source did not say.
        tags: the source's metadata, such as ``title``.
    """

    width: int
    height: int
    num_frames: int
    frame_rate: Fraction | None
    pixel_format: str
    bit_depth: int
    color: str
    gray_is_exact: bool
    is_exact: bool
    sample_aspect_ratio: Fraction | None = None
    color_range: str | None = None
    color_primaries: int | None = None
    color_transfer: int | None = None
    color_matrix: int | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, header: HeaderRecord, info: VideoInfo, num_frames: int) -> Metadata:
        """Of a stream.

        Args:
            header: of the stream.
            info: of the same.
            num_frames: in the stream.
        """
        from codec.decoder.promise import Promise

        promise = Promise.of(header)
        return cls(
            width=info.width,
            height=info.height,
            num_frames=num_frames,
            frame_rate=info.frame_rate,
            pixel_format=info.pixel_format.name,
            bit_depth=info.pixel_format.depth,
            color=header.color,
            gray_is_exact=promise.luma_is_lossless,
            is_exact=promise.is_exact,
            sample_aspect_ratio=info.sample_aspect_ratio,
            color_range=_RANGES.get(info.color.color_range),
            color_primaries=_stated(info.color.primaries),
            color_transfer=_stated(info.color.transfer),
            color_matrix=_stated(info.color.matrix),
            tags=dict(info.tags),
        )


def _stated(code_point: int) -> int | None:
    return None if code_point == _UNSPECIFIED else code_point


class View(Protocol[DataT_co]):
    """How the pictures of a video become the data of frames. Its instances can be pickled."""

    @property
    def is_gray(self) -> bool:
        """Only the gray is wanted: color is not even decoded."""

    def data(self, picture: Picture, info: VideoInfo) -> DataT_co:
        """The data of a picture; no array of it is shared with the picture."""


@dataclass(frozen=True)
class SourcePlanes:
    """The planes that the source had."""

    is_gray: bool = False

    def data(self, picture: Picture, info: VideoInfo) -> Planes:
        """See :class:`View`."""
        import numpy as np

        from codec.video.picture import ycocg_r_to_rgb
        from codec.video.pixel_formats import ColorModel

        if info.pixel_format.model is not ColorModel.RGB:
            return tuple(np.array(plane) for plane in picture.planes())
        rgb = ycocg_r_to_rgb(picture, info.pixel_format.depth)
        planes = tuple(np.array(rgb[..., component]) for component in range(3))
        return planes if picture.alpha is None else (*planes, np.array(picture.alpha))


@dataclass(frozen=True)
class Rgb:
    """R, G and B of full range and the source's depth, as ``gvc-decode`` writes them into a folder of PNG files."""

    is_gray: bool = False

    def data(self, picture: Picture, info: VideoInfo) -> npt.NDArray[Any]:
        """See :class:`View`."""
        import numpy as np

        from codec.video.color import ColorConversion

        return np.ascontiguousarray(ColorConversion.of(info).rgb(picture))


@dataclass(frozen=True)
class Gray:
    """The gray plane alone: the source's Y, or the Y of YCoCg-R for RGB."""

    is_gray: bool = True

    def data(self, picture: Picture, info: VideoInfo) -> npt.NDArray[Any]:
        """See :class:`View`."""
        import numpy as np

        del info
        return np.array(picture.luma)
