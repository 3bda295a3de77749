"""YUV4MPEG2, the uncompressed format that encoders and players take through a pipe."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from codec.errors import OutputError
from codec.files import PendingFile
from codec.video.convert import PictureConverter
from codec.video.info import CopyPacket, VideoInfo
from codec.video.marks import ChromaLocation
from codec.video.picture import Frame
from codec.video.pixel_formats import PIXEL_FORMATS, ColorModel, PixelFormat, planar_twin, without_alpha
from codec.video.sinks.chroma_location import written_location
from codec.video.sinks.declarations import SinkDeclaration
from codec.video.sinks.options import SinkOptions, chosen_pixel_format
from codec.video.sinks.writing import AlphaNote, notes_of_bare_pictures, reporting_errors

# Pixel format and the value of its C tag.
_CHROMA_TAGS = {
    "gray": "mono",
    "yuv420p": "420jpeg",
    "yuv411p": "411",
    "yuv422p": "422",
    "yuv444p": "444",
    "yuva444p": "444alpha",
    **{f"yuv{name}p{depth}le": f"{name}p{depth}" for name in ("420", "422", "444") for depth in (9, 10, 12, 14, 16)},
    **{f"gray{depth}le": f"mono{depth}" for depth in (9, 10, 12, 14, 16)},
}
# 4:2:0 has a tag for each place of its chroma; where the place is not stated, the centered one is written.
_TAGS_OF_420 = {
    ChromaLocation.UNSPECIFIED: "420jpeg",
    ChromaLocation.CENTER: "420jpeg",
    ChromaLocation.LEFT: "420mpeg2",
    ChromaLocation.TOPLEFT: "420paldv",
}
_FIELDS = {False: "b", True: "t"}
_RANGE_TAGS = {0: "", 1: " XCOLORRANGE=LIMITED", 2: " XCOLORRANGE=FULL"}
_DEFAULT_RATE = Fraction(25)


class Y4mSink:
    """Writes a stream header, and each frame after its marker.

    Raises:
        OutputError: the options do not fit, or the file cannot be made.
    """

    def __init__(self, path: str, info: VideoInfo, options: SinkOptions, sink: SinkDeclaration) -> None:
        del sink
        self._path = path
        target = _target_format(info, options)
        self._converter = PictureConverter(info, target)
        self._notes = notes_of_bare_pictures(info, "y4m")
        if not self._converter.is_exact:
            reason = " (y4m has no RGB; raw video and .mkv with --codec ffv1 do)" if _is_rgb(info) else ""
            self._notes.append(f"{info.pixel_format.name} was converted to {target.name}{reason}")
        self._alpha = AlphaNote(self._converter, "y4m of this format")
        self._notes += _notes_of_marks(info, target)
        self._ticks = _Ticks(info)
        self._rate = info.frame_rate or _DEFAULT_RATE
        if info.frame_rate is None:
            self._notes.append(f"the source states no frame rate: {_DEFAULT_RATE} frames a second written")
        self._file = PendingFile(path, overwrite=options.overwrite)
        self._write(_stream_header(info, self._converter))

    def write(self, frame: Frame) -> None:
        """Write a frame. Times have no place in y4m, which is noted once when they are not those of its rate."""
        if self._ticks.is_first_irregular(frame.pts):
            self._notes.append(
                f"y4m has one frame rate and no times: {float(self._rate):.6g} frames a second written, "
                "the frames' own times were lost"
            )
        self._alpha.see(frame.picture)
        self._write(b"FRAME\n" + self._converter.target.pack(self._converter.picture(frame.picture)))

    def write_packet(self, packet: CopyPacket) -> None:
        """Nothing: y4m has no sound."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was converted or left out; complete when all frames were written."""
        return *self._notes, *self._alpha.notes

    def close(self) -> None:
        """Give the file its name."""
        self._file.commit()

    def abort(self) -> None:
        """Remove the file."""
        self._file.abort()

    def _write(self, data: bytes) -> None:
        try:
            with reporting_errors(self._path):
                self._file.stream.write(data)
                self._file.show()
        except OutputError:
            self.abort()
            raise


class _Ticks:
    """Watches whether frames come at one constant rate, within the rounding of their time base."""

    def __init__(self, info: VideoInfo) -> None:
        self._step = Fraction(0) if info.frame_rate is None else 1 / (info.frame_rate * info.time_base)
        self._expected: Fraction | None = None
        self._is_irregular = info.frame_rate is None

    def is_first_irregular(self, pts: int) -> bool:
        """True for the first frame that is not at its place."""
        expected = self._expected if self._expected is not None else Fraction(pts)
        self._expected = expected + self._step
        if self._is_irregular or abs(pts - expected) <= 1:
            return False
        self._is_irregular = True
        return True


def _is_rgb(info: VideoInfo) -> bool:
    return info.pixel_format.model is ColorModel.RGB


def _target_format(info: VideoInfo, options: SinkOptions) -> PixelFormat:
    if options.pixel_format is not None:
        chosen = chosen_pixel_format(options.pixel_format)
        if planar_twin(chosen).name not in _CHROMA_TAGS:
            raise OutputError(f"expected a format that y4m has ({', '.join(_CHROMA_TAGS)}). Received: {chosen.name}")
        return planar_twin(chosen)
    for twin in (planar_twin(info.pixel_format), without_alpha(info.pixel_format)):
        if twin.name in _CHROMA_TAGS:
            return twin
    return planar_twin(replace(PIXEL_FORMATS["yuv444p"], depth=info.pixel_format.depth))


def _notes_of_marks(info: VideoInfo, target: PixelFormat) -> list[str]:
    notes, marks = [], info.marks
    location = written_location(info, target)
    if target.name == "yuv420p" and location not in _TAGS_OF_420:
        notes.append(f"y4m has no name for chroma at the {location.name.lower()}: 420jpeg, the centered one, written")
    if marks.mastering_display or marks.content_light:
        notes.append("y4m has no place for mastering display and content light: left out")
    return notes


def _stream_header(info: VideoInfo, converter: PictureConverter) -> bytes:
    rate, aspect, order = info.frame_rate or _DEFAULT_RATE, info.sample_aspect_ratio, info.marks.field_order
    size = f"W{info.width} H{info.height} F{rate.numerator}:{rate.denominator}"
    fields = _FIELDS[order.shows_top_first] if order.is_interlaced else "p"
    shape = f"{aspect.numerator}:{aspect.denominator}" if aspect else "0:0"
    chroma, color_range = _CHROMA_TAGS[converter.target.name], _RANGE_TAGS.get(converter.color.color_range, "")
    if converter.target.name == "yuv420p":
        chroma = _TAGS_OF_420.get(written_location(info, converter.target), chroma)
    return f"YUV4MPEG2 {size} I{fields} A{shape} C{chroma}{color_range}\n".encode("ascii")
