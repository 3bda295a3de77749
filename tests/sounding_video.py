"""Gray video with a sound whose course is known, and what PyAV decodes of the sound of a file."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import av.container
import numpy as np
import numpy.typing as npt

FRAME_RATE = 25
SECONDS = 6
CLICK_SECONDS = 0.002

Sound = npt.NDArray[np.float32]


def tone(rate: int, seconds: float = SECONDS) -> Sound:
    """(2, samples) from -1 to 1: a chirp that rises on the left and falls on the right, and a click each second."""
    time = np.arange(round(rate * seconds)) / rate
    rising = np.sin(2 * np.pi * (200 * time + 1500 * time**2 / (2 * seconds)))
    falling = np.sin(2 * np.pi * (1900 * time - 1500 * time**2 / (2 * seconds)))
    click = 0.5 * (time % 1 < CLICK_SECONDS)
    return np.stack([0.3 * rising + click, 0.3 * falling + click]).astype(np.float32)


def write_sounding_video(
    path: Path,
    codec: str,
    rate: int,
    *,
    seconds: float = SECONDS,
    delay: Fraction = Fraction(0),
    tracks: Sequence[str] = (),
    size: tuple[int, int] = (48, 32),
) -> None:
    """Gray frames that get brighter, beside :func:`tone` in one or more tracks.

    Args:
        path: of the file, whose ending chooses the container.
        codec: FFmpeg's encoder of the first track.
        rate: of the sound, in samples a second.
        seconds: of the pictures and of the sound.
        delay: when the sound begins, in seconds after the first picture.
        tracks: encoders of further tracks, whose sound has half the volume of the one before.
        size: width and height.
    """
    width, height = size
    with av.open(str(path), "w") as output:
        video = output.add_stream("ffv1", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = width, height, "gray"
        sounds = [_add_sound(output, name, rate) for name in (codec, *tracks)]
        for number in range(round(seconds * FRAME_RATE)):
            picture = np.full((height, width), number % 256, np.uint8)
            picture[:, :: 1 + number % 7] //= 2
            output.mux(video.encode(av.VideoFrame.from_ndarray(picture, "gray")))
            if (number + 1) % FRAME_RATE == 0:
                _mux_second(output, sounds, tone(rate, seconds), rate, number // FRAME_RATE, delay)
        for stream in (video, *sounds):
            output.mux(stream.encode(None))


def _add_sound(output: av.container.OutputContainer, codec: str, rate: int) -> Any:
    # FFmpeg's own encoder of Vorbis is kept behind this option; its streams are sound.
    stream = cast(Any, output.add_stream(codec, rate=rate, options={"strict": "experimental"}))
    stream.layout = "stereo"
    return stream


def _mux_second(
    output: av.container.OutputContainer, sounds: list[Any], whole: Sound, rate: int, second: int, delay: Fraction
) -> None:
    samples = whole[:, second * rate : (second + 1) * rate]
    for number, stream in enumerate(sounds):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples / 2**number), "fltp", "stereo")
        frame.sample_rate = rate
        frame.pts, frame.time_base = second * rate + round(delay * rate), Fraction(1, rate)
        stream.codec_context.open(strict=False)
        resampler = av.AudioResampler(stream.codec_context.format, stream.codec_context.layout, rate, stream.frame_size)
        for own in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(own))


def decoded_sound(path: Path, stop_seconds: float = SECONDS) -> tuple[int, Sound]:
    """What FFmpeg's demuxer and decoder make of the first track of a file.

    Args:
        path: of the file.
        stop_seconds: where to stop, counted from time 0.

    Returns:
        The rate, and (2, samples) from time 0 on, with zeros where there is no sound.
    """
    with av.open(str(path)) as source:
        track = source.streams.audio[0]
        rate = track.rate
        whole = np.zeros((2, round(rate * stop_seconds)), np.float32)
        to_float = av.AudioResampler("fltp", "stereo", rate)
        place: int | None = None
        for frame in source.decode(track):
            assert frame.pts is not None
            assert frame.time_base is not None
            place = round(frame.pts * frame.time_base * rate) if place is None else place
            for own in to_float.resample(frame):
                samples = own.to_ndarray()
                first, stop = max(place, 0), min(place + samples.shape[1], whole.shape[1])
                if first < stop:
                    whole[:, first:stop] = samples[:, first - place : stop - place]
                place += samples.shape[1]
    return rate, whole
