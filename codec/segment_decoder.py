"""One segment of a stream to pictures: gray, hints and color, each compared with the sender's checksum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from codec.errors import StreamError
from codec.hints.coder import decode_hints
from codec.lossless.parameters import CodedSamples, PredictionParameters
from codec.lossless.predictor_weights import PredictorWeights, predictor_weights, unpack_predictor
from codec.lossless.stacked import pictures_of_stacks, stack_chroma
from codec.networks import load_colorizer
from codec.plane_codecs import CodedRun, PlaneParameters, decode_planes, decode_whole_pictures
from codec.segment_color import SegmentColor, chroma_crc32, luma_crc32
from codec.stream_header import Description
from codec.video.picture import Picture, PlaneArray
from container_format import NetworkRecord, SegmentRecord
from container_format.records import COLOR_LOSSLESS, COLOR_NONE, COLORS_WITH_NETWORK, LUMA_NETWORK

if TYPE_CHECKING:  # these import Keras, which a decode without networks can spare
    from codec.lossless.coder import ChromaCoder, LumaCoder

T = TypeVar("T")


class SegmentDecoder:
    """Decodes segments.

    :meth:`planes` may run in another thread than :meth:`load` and :meth:`pictures`.

    Args:
        description: from the header.
        color: how color is made, as the header says.
        gray: the gray is all that is wanted.
        verify: compare the color with its checksum.
        vgg16: where this machine has the weights of VGG16, ``imagenet`` or a path, for streams that ask for them.

    Attributes:
        needs_network: the stream has a network, and it is wanted.
    """

    def __init__(
        self, description: Description, color: str, *, gray: bool, verify: bool, vgg16: str | None = None
    ) -> None:
        wants_color = color != COLOR_NONE and not gray
        self._description = description
        self._hints = description.hints if wants_color else None
        self.needs_network = wants_color and color in COLORS_WITH_NETWORK
        self._color: SegmentColor | None = None
        if not self.needs_network:
            self._color = SegmentColor(description.conversion, None, self._hints)
        self._is_lossless = wants_color and color == COLOR_LOSSLESS
        self._verifies = verify and wants_color
        self._vgg16 = vgg16
        self._predictors: dict[int, PredictorWeights] = {}
        self._luma_coder: LumaCoder | None = None
        self._chroma_coder: ChromaCoder | None = None

    def check_ready(self) -> None:
        """Make sure that color can be made.

        Raises:
            StreamError: the network was damaged.
        """
        if self.needs_network and self._color is None:
            raise StreamError("the network is damaged, so that only the gray can be recovered: give --gray too")

    def load(self, network: NetworkRecord) -> None:
        """Take the network that makes color.

        Raises:
            InputError: it asks for weights that are not here.
            StreamError: it is none that this version has, or its weights are not its own.
        """
        conversion = self._description.conversion
        colorizer = load_colorizer(network, conversion, vgg16=self._vgg16)
        self._color = SegmentColor(conversion, colorizer, self._hints)

    def load_predictor(self, network: NetworkRecord) -> None:
        """Take a network that samples are told by, before the first segment."""
        number, weights = unpack_predictor(network)
        self._predictors[number] = weights

    def planes(self, segment: SegmentRecord) -> tuple[list[PlaneArray], list[PlaneArray]]:
        """The gray planes, and the hints of all frames if there are any and they are wanted.

        Gray planes are (height, width) uint8: all of them, once their CRC-32 was found to be right. A segment has at
        most 64 MiB of gray when our encoder made it, so that it can be held before any of it is shown.

        Raises:
            StreamError: the decoder fails, or its output is not what the sender's decoder had.
        """
        luma, planes = self._description.luma, self._description.planes
        if luma.codec == LUMA_NETWORK and planes is not None:
            return self._gray_samples(luma, planes, segment), self._hint_pictures(segment)
        run = CodedRun(segment.luma_extradata, segment.luma_packets, segment.num_frames)
        stacks: list[PlaneArray] = []
        if self._is_lossless and luma.pixel_format is not None:
            pictures = list(decode_whole_pictures(luma, run, max_frames=segment.num_frames))
            lumas = [picture.luma for picture in pictures]
            stacks = [stack_chroma(picture.chroma_planes())[0] for picture in pictures]
        else:
            lumas = list(decode_planes(luma, run, max_frames=segment.num_frames))
        if luma_crc32(lumas) != segment.luma_crc32:
            raise _wrong("gray", segment)
        return lumas, stacks or self._hint_pictures(segment)

    def _hint_pictures(self, segment: SegmentRecord) -> list[PlaneArray]:
        if self._hints is None:
            return []
        run = CodedRun(segment.hint_extradata, segment.hint_packets, len(segment.hint_packets))
        return decode_hints(run, self._hints, segment.num_frames)

    def pictures(
        self, segment: SegmentRecord, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]
    ) -> Iterator[Picture]:
        """The pictures: all of them before the first is shown, where a checksum can be compared.

        Raises:
            StreamError: the color cannot be decoded, or not as the sender did.
        """
        if self._is_lossless:
            make, distrust = self._every_chroma_sample(segment, lumas, hints)
            if not self._verifies:
                return iter(_surely(lambda: list(make()), lambda _: True, distrust) or ())
            return self._checked_color(segment, make, distrust)
        color = self._color
        if color is None:
            raise ValueError("expected a network that was loaded. Received: none")

        def make_pictures() -> Iterator[Picture]:
            return color.pictures(lumas, hints, segment.shot_starts)

        return self._checked_color(segment, make_pictures, color.distrust_backend)

    def _checked_color(
        self, segment: SegmentRecord, make: Callable[[], Iterator[Picture]], distrust: Callable[[], bool]
    ) -> Iterator[Picture]:
        expected = segment.color_crc32
        if expected is None or not self._verifies:
            return make()

        def is_right(pictures: list[Picture]) -> bool:
            checksum = 0
            for picture in pictures:
                checksum = chroma_crc32(picture, checksum)
            return checksum == expected

        pictures = _surely(lambda: list(make()), is_right, distrust)
        if pictures is None:
            raise _wrong("color", segment)
        return iter(pictures)

    def _gray_samples(
        self, luma: PlaneParameters, planes: PredictionParameters, segment: SegmentRecord
    ) -> list[PlaneArray]:
        from codec.lossless.coder import LumaCoder, decode_lumas

        if len(segment.luma_packets) != 1:
            raise StreamError(f"expected one packet of gray samples. Received: {len(segment.luma_packets)}")
        if self._luma_coder is None:
            self._luma_coder = LumaCoder(self._predictor(planes.luma_predictor))
        coder = self._luma_coder
        coded = CodedSamples(segment.motion, segment.luma_packets[0], b"")
        shape = luma.height, luma.width
        lumas = _surely(
            lambda: list(decode_lumas(coder, coded, segment.num_frames, shape)),
            lambda decoded: luma_crc32(decoded) == segment.luma_crc32,
            coder.distrust_backend,
        )
        if lumas is None:
            raise _wrong("gray", segment)
        return lumas

    def _predictor(self, number: int) -> PredictorWeights:
        """The video's own weights, or those that gvc ships."""
        return self._predictors.get(number) or predictor_weights(number)

    def _every_chroma_sample(
        self, segment: SegmentRecord, lumas: Sequence[PlaneArray], hints: Sequence[PlaneArray]
    ) -> tuple[Callable[[], Iterator[Picture]], Callable[[], bool]]:
        if hints:
            model = self._description.info.pixel_format.model
            return (
                lambda: iter(pictures_of_stacks(lumas, hints, segment.far_differences, model)),
                lambda: False,
            )
        from codec.lossless.coder import ChromaCoder, decode_pictures

        if self._chroma_coder is None:
            planes = self._description.planes or PredictionParameters()
            weights = self._predictor(planes.chroma_predictor)
            self._chroma_coder = ChromaCoder(weights, self._description.info.pixel_format, planes.max_error)
        coder = self._chroma_coder
        coded = CodedSamples(segment.motion, b"", segment.chroma_samples)
        return lambda: decode_pictures(coder, coded, lumas), coder.distrust_backend


def _surely(
    make: Callable[[], list[T]], is_right: Callable[[list[T]], bool], distrust: Callable[[], bool]
) -> list[T] | None:
    """What is made, if need be in a slower and surer way; None if it is wrong in any way."""
    while True:
        try:
            made = make()
            if is_right(made):
                return made
        except StreamError:
            if not distrust():
                raise
        else:
            if not distrust():
                return None


def _wrong(part: str, segment: SegmentRecord) -> StreamError:
    hint = " (--no-verify shows it all the same)" if part == "color" else ""
    return StreamError(
        f"the {part} of segment {segment.index} was not decoded as the sender did: "
        f"the stream is damaged, or this machine computes wrongly{hint}"
    )
