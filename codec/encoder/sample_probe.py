"""Whether planes are coded sample by sample or by a video codec, found on a few frames."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from fractions import Fraction

from codec.encoder.plan import frame_rate_of
from codec.hints.lossless import CHROMA_CODECS, LosslessHints
from codec.lossless.coder import ChromaCoder, LumaCoder
from codec.lossless.known import I16Array
from codec.lossless.motion import MotionCompensation
from codec.lossless.motion_code import MotionEncoder
from codec.lossless.motion_search import MotionSearch
from codec.lossless.symbols import SymbolEncoder
from codec.luma import LumaSpec, choose_luma, probed_bytes, segment_bytes
from codec.networks.predictor import LUMA_PREDICTOR, predictor_weights
from codec.video.info import VideoInfo
from codec.video.picture import Picture, U8Array
from container_format.records import LUMA_NETWORK

_CHROMA_RUNS, _CHROMA_FRAMES = 3, 4


def choose_luma_or_network(probe_runs: Sequence[Sequence[U8Array]], frame_rate: Fraction) -> LumaSpec:
    """As :func:`codec.luma.choose_luma`, with the network as a further candidate.

    Motion counts for nothing: lossless chroma needs it too.
    """
    best = choose_luma(probe_runs, frame_rate)
    coder, search = LumaCoder(predictor_weights(LUMA_PREDICTOR)), MotionSearch(MotionCompensation())
    estimate = sum((_gray_bytes(coder, search, run) for run in probe_runs if run), Fraction(0))
    return LumaSpec(LUMA_NETWORK) if estimate < probed_bytes(best, probe_runs, frame_rate) else best


def smaller_chroma_codec(
    coder: ChromaCoder,
    info: VideoInfo,
    runs: Sequence[Sequence[Picture]],
    *,
    pays_motion: bool,
) -> LosslessHints | None:
    """The video codec that makes the chroma smaller than the network does; None if there is none.

    Args:
        coder: with the network.
        info: of the video.
        runs: of consecutive pictures.
        pays_motion: nothing but the chroma needs the motion.
    """
    probe = [run[:_CHROMA_FRAMES] for run in runs[:: -(-len(runs) // _CHROMA_RUNS)]]
    search = MotionSearch(MotionCompensation())
    estimate = sum((_chroma_bytes(coder, search, run, pays_motion=pays_motion) for run in probe), Fraction(0))
    best = None
    for name in CHROMA_CODECS:
        hints = LosslessHints.of(name, info.pixel_format, info.width, info.height)
        num_bytes = hints.probed_bytes(probe, frame_rate_of(info))
        if num_bytes < estimate:
            best, estimate = hints, num_bytes
    return best


def _gray_bytes(coder: LumaCoder, search: MotionSearch, lumas_u8: Sequence[U8Array]) -> Fraction:
    symbols, history = SymbolEncoder(1), coder.begin()

    def code(index: int, field: I16Array | None) -> int:
        luma_u8 = lumas_u8[index]
        coder.code(history, luma_u8, (luma_u8.shape[0], luma_u8.shape[1]), field, symbols)
        return symbols.num_bytes

    return _bytes_of_run(lumas_u8, search, code)


def _chroma_bytes(coder: ChromaCoder, search: MotionSearch, run: Sequence[Picture], *, pays_motion: bool) -> Fraction:
    symbols, history, motion = SymbolEncoder(2), coder.begin(), MotionEncoder()

    def code(index: int, field: I16Array | None) -> int:
        coder.code(history, run[index].luma_u8, run[index].chroma_planes(), field, symbols)
        if pays_motion and field is not None:
            motion.add(field)
        return symbols.num_bytes + motion.num_bytes

    return _bytes_of_run([picture.luma_u8 for picture in run], search, code)


def _bytes_of_run(
    lumas_u8: Sequence[U8Array], search: MotionSearch, code: Callable[[int, I16Array | None], int]
) -> Fraction:
    """Bytes of a segment that goes on as this run does.

    Args:
        lumas_u8: the gray of the run.
        search: finds motion.
        code: codes a frame, by its place and the motion to it; gives the bytes so far.
    """
    sizes = [0]
    for index, luma_u8 in enumerate(lumas_u8):
        sizes.append(code(index, search(luma_u8, lumas_u8[index - 1]) if index else None))
    return segment_bytes(sizes[1], [later - earlier for earlier, later in itertools.pairwise(sizes[1:])])
