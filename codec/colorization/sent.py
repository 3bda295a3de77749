"""What a stream needs to carry a colorization: the network as it is sent, and the video as its sender sees it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from codec.colorization.networks import examples_of
from codec.colorization.options import ColorizeOptions
from codec.colorization.output import colored_info
from codec.errors import InputError
from codec.networks.declarations import declared
from codec.progress import Progress
from codec.training.job import FloatJob
from codec.training.result import NetworkResult
from codec.video.color import ColorConversion
from codec.video.info import CopyPacket, VideoInfo
from codec.video.picture import Frame, Picture
from codec.video.pixel_formats import ColorModel
from codec.video.source import Source, WrappedSource, frames_from
from codec.video.views import info_of_8_bits, source_of_8_bits


def check_sent(options: ColorizeOptions) -> None:
    """Make sure that a stream can carry the color.

    Raises:
        InputError: it cannot.
    """
    if options.to_gray:
        raise InputError("expected a video as output of --to-gray (gvc-encode --color none sends gray). Received: .gvc")
    if not options.references or not declared(options.architecture).may_be_sent:
        raise InputError(
            "expected --reference with a .gvc as output, whose network learns from them. Received: "
            + (f"--weights {options.weights}" if options.weights else f"--network {options.architecture}")
        )
    if options.stabilize:
        raise InputError("expected no --stabilize with a .gvc as output, since receivers do not have it. Received: it")
    if not options.choices.keep_luma:
        raise InputError("expected no --no-keep-luma with a .gvc as output, whose gray is exact. Received: it")


def train_sent(source: Source, options: ColorizeOptions, max_loss_db: float, progress: Progress) -> NetworkResult:
    """Train the network on the references as :func:`codec.colorization.colorize` does, and round its weights.

    Args:
        source: of the gray video. It is read once if references belong to frames of it.
        options: with references.
        max_loss_db: chroma PSNR that rounding may cost on the references, in dB.
        progress: is told epochs, loss and time left.

    Raises:
        InputError: a reference is missing, or belongs to no frame.
        TrainingError: the network could not be trained.
    """
    info = info_of_8_bits(colored_info(source.info))
    conversion = ColorConversion.of(info)
    examples = examples_of(source_of_8_bits(source), info, conversion, options, progress)
    return FloatJob(options.spec, examples, options.training, max_loss_db).run(progress)


class ColoredSource(WrappedSource):
    """A video described as :func:`codec.colorization.output.colored_info` has it; its gray is the other's to the bit.

    The chroma of gray video is neutral: a network makes it, and nothing is compared with it. Its alpha is left out.
    """

    @property
    def info(self) -> VideoInfo:
        """See :class:`codec.video.source.Source`."""
        return colored_info(self.inner.info)

    @property
    def notes(self) -> tuple[str, ...]:
        """See :class:`codec.video.source.Source`."""
        lost = self._is_gray and self.inner.info.pixel_format.has_alpha
        return (*self.inner.notes, *(("the alpha of gray video is not kept beside its color",) if lost else ()))

    def frames(self) -> Iterator[Frame]:
        """See :class:`codec.video.source.Source`."""
        return self.frames_from(0)

    def frames_from(self, first: int) -> Iterator[Frame]:
        """See :class:`codec.video.source.SeekableSource`."""
        return map(self._seen, frames_from(self.inner, first))

    def read(self) -> Iterator[Frame | CopyPacket]:
        """See :class:`codec.video.source.Source`."""
        for item in self.inner.read():
            yield self._seen(item) if isinstance(item, Frame) else item

    def _seen(self, frame: Frame) -> Frame:
        if not self._is_gray:
            return frame
        luma = frame.picture.luma
        return replace(frame, picture=Picture(luma, self.info.pixel_format.neutral_chroma(luma)))

    @property
    def _is_gray(self) -> bool:
        return self.inner.info.pixel_format.model is ColorModel.GRAY
