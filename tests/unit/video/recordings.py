"""Recordings for tests, with pictures that move, and ways to harm them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream

FPS = 25


def moving_frame(number: int, width: int = 64, height: int = 48, pixel_format: str = "yuv420p") -> av.VideoFrame:
    """A slope with a square that moves."""
    rows, columns = np.mgrid[:height, :width]
    image = np.stack([columns * 2 + number * 3, rows * 2 + number * 5, columns + rows + number * 7], -1) % 256
    image[5:15, 5 + number % 20 : 20 + number % 20] = (255, 0, 0)
    return av.VideoFrame.from_ndarray(image.astype(np.uint8), "rgb24").reformat(format=pixel_format)


def write_recording(
    path: Path,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    *,
    num_frames: int = 30,
    sound: str | None = None,
    start_seconds: int = 0,
    container: str | None = None,
    pause: tuple[int, int] = (0, 0),
) -> Path:
    """Moving pictures, and a tone if ``sound`` names an encoder."""
    with av.open(str(path), "w", format=container) as output:
        video = output.add_stream(codec, rate=FPS, options=options or {})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = output.add_stream(sound, rate=48000, layout="stereo") if sound else None
        num_samples = 0
        for number in range(num_frames):
            frame = moving_frame(number)
            frame.pts, frame.time_base = number + start_seconds * FPS, Fraction(1, FPS)
            if not pause[0] <= number < pause[1]:
                output.mux(video.encode(frame))
            while audio is not None and num_samples < (number + 1) * 48000 // FPS:
                block = _tone(num_samples, 1024 if sound == "aac" else 1152, "fltp" if sound == "aac" else "s16")
                block.pts = num_samples + start_seconds * 48000
                num_samples += block.samples
                output.mux(audio.encode(block))
        output.mux(video.encode(None))
        if audio is not None:
            output.mux(audio.encode(None))
    return path


def copy_packets(source: Path, path: Path, is_kept: Callable[[int], bool], container: str | None = None) -> Path:
    """The packets of the picture, by their places in the order of decoding."""
    with av.open(str(source)) as full, av.open(str(path), "w", format=container) as output:
        stream = output.add_stream_from_template(full.streams.video[0])
        number = 0
        for packet in full.demux(full.streams.video[0]):
            if not packet.size:
                continue
            if is_kept(number):
                packet.stream = stream
                output.mux(packet)
            number += 1
    return path


def _tone(start: int, count: int, sample_format: str) -> av.AudioFrame:
    wave = np.sin(np.arange(start, start + count) * 0.05)
    if sample_format == "fltp":
        block = av.AudioFrame.from_ndarray(np.stack([wave, wave]).astype(np.float32) * 0.3, "fltp", "stereo")
    else:
        block = av.AudioFrame.from_ndarray(np.repeat((wave * 9000).astype(np.int16), 2)[None], "s16", "stereo")
    block.sample_rate, block.time_base = 48000, Fraction(1, 48000)
    return block
