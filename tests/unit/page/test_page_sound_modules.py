"""The page's modules of sound in node: PCM, layouts of channels, times of samples, and what a decoder is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

PROGRAM = Path(__file__).parents[2] / "web" / "sound.mjs"
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node")

PCM = (
    *("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
    *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw"),
)
LONG = 40_000
"""Samples that need more than one slice."""


def ask(**questions: Any) -> Any:
    whole = {"pcm": [], "layouts": [], "mixes": [], "times": [], "tracks": [], **questions}
    line = [str(NODE), str(PROGRAM)]
    result = subprocess.run(line, input=json.dumps(whole), capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def by_pyav(codec: str, data: bytes, channels: int) -> Any:
    """(channels, samples) float32 from -1 to 1."""
    context: Any = av.CodecContext.create(codec, "r")
    context.sample_rate, context.layout = 8000, {1: "mono", 2: "stereo"}[channels]
    (frame,) = context.decode(av.Packet(data))
    samples = frame.to_ndarray().reshape(-1, channels).T
    if samples.dtype == np.uint8:
        return ((samples.astype(np.float64) - 128) / 128).astype(np.float32)
    if samples.dtype.kind == "i":
        return (samples / 2.0 ** (8 * samples.dtype.itemsize - 1)).astype(np.float32)
    return samples.astype(np.float32)


def test_pcm_of_every_kind_is_what_pyav_decodes() -> None:
    rng, questions = np.random.default_rng(3), []
    for codec in PCM:
        if "f32" in codec or "f64" in codec:
            own = rng.uniform(-1, 1, 120).astype(f"{'<' if codec.endswith('le') else '>'}f{int(codec[5:7]) // 8}")
            data = own.tobytes()
        else:
            data = bytes(range(256)) + rng.integers(0, 256, 224, np.uint8).tobytes()
        questions += [{"codec": codec, "numChannels": count, "data": list(data)} for count in (1, 2)]
    for question, answer in zip(questions, ask(pcm=questions)["pcm"], strict=True):
        expected = by_pyav(question["codec"], bytes(question["data"]), question["numChannels"])
        assert np.array_equal(np.float32(answer), expected), question["codec"]


def test_long_packets_and_those_that_stop_inside_a_sample() -> None:
    whole = np.arange(LONG, dtype="<i2")
    long, cut, none = ask(
        pcm=[
            {"codec": "pcm_s16le", "numChannels": 1, "data": list(whole.tobytes())},
            {"codec": "pcm_s24le", "numChannels": 2, "data": [0, 0, 64, 0, 0, 192, 1, 2, 3]},
            {"codec": "pcm_f32le", "numChannels": 1, "data": list(np.float32([np.nan, np.inf, 0.5]).tobytes())},
        ]
    )["pcm"]
    np.testing.assert_array_equal(long[0], whole / 2**15)
    assert cut == [[0.5], [-0.5]]
    assert none == [[0, 0, 0.5]]


def test_layouts_have_the_channels_that_ffmpeg_says() -> None:
    names = ("mono", "stereo", "2.1", "3.0", "quad", "4.1", "5.0(side)", "5.1", "5.1(side)", "6.1", "7.0", "7.1")
    expected = [av.AudioLayout(name).nb_channels for name in names]
    counted = ask(layouts=[*names, "12 channels", "99 channels", "0 channels", "toString", ""])["layouts"]
    assert counted == [*expected, 12, 0, 0, 0, 0]


def test_channels_go_where_web_audio_has_them() -> None:
    def mix(layout: str, *values: float) -> Any:
        return {"layout": layout, "channels": [[value] for value in values]}

    half = np.float32(np.sqrt(0.5))
    mixes = ask(
        mixes=[
            mix("mono", 1),
            mix("stereo", 1, 2),
            mix("quad", 1, 2, 3, 4),
            mix("3.0", 1, 2, 3),
            mix("5.1(side)", 1, 2, 3, 4, 5, 6),
            mix("4.0", 1, 2, 3, 4),
            mix("7.1", 1, 2, 3, 4, 5, 6, 7, 8),
            mix("stereo", 1, 2, 3, 4, 5, 6),
            mix("12 channels", *range(12)),
        ]
    )["mixes"]
    found = [[own[0] for own in mixed] for mixed in mixes]
    assert found[:5] == [[1], [1, 2], [1, 2, 3, 4], [1, 2, 3, 0, 0, 0], [1, 2, 3, 4, 5, 6]]
    np.testing.assert_allclose(found[5], [1, 2, 3, 0, 4 * half, 4 * half], rtol=1e-6)
    np.testing.assert_allclose(found[6], [1, 2, 3, 4, 12 * half, 14 * half], rtol=1e-6)
    assert found[7:] == [[1, 2, 3, 4, 5, 6], [0, 1]]  # as many as decoders give; and what nobody names


def test_samples_follow_each_other_unless_there_is_a_gap() -> None:
    rounded = [[round(k * 1024 / 48) / 1000, 1024] for k in range(100)]
    steady, gap, twice, unknown = ask(
        times=[
            {"rate": 48000, "packets": rounded},
            {"rate": 1000, "packets": [[-0.5, 100], [-0.4, 100], [0.7, 100], [0.8, 100]]},
            {"rate": 1000, "packets": [[5, 100], [5, 100], [5.05, 100], [5.15, 100]]},
            {"rate": 1000, "packets": [[1, 100], [None, 100], [1.2, 100]]},
        ]
    )["times"]
    assert [own["start"] for own in steady] == [k * 1024 for k in range(100)]
    assert [(own["start"], own["skipped"]) for own in gap] == [(-500, 0), (-400, 0), (700, 0), (800, 0)]
    assert [(own["start"], own["skipped"]) for own in twice] == [(5000, 0), (5100, 100), (5100, 50), (5150, 0)]
    assert [own["start"] for own in unknown] == [1000, 1100, 1200]


def track(codec: str, extradata: bytes = b"", rate: int = 48000, layout: str = "stereo") -> dict[str, Any]:
    return {"codec": codec, "sampleRate": rate, "channelLayout": layout, "extradata": list(extradata)}


def test_decoders_are_told_what_webcodecs_wants() -> None:
    opus = b"OpusHead\x01\x02\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
    streaminfo = bytes(range(34))
    codings = ask(
        tracks=[
            track("aac", b"\x12\x10"),
            track("aac", b"\x2b\x92\x08\x00"),
            track("aac", b"\xf9\x48"),
            track("aac"),
            track("opus", opus, rate=44100, layout="5.1"),
            track("flac", streaminfo),
            track("mp3", layout="mono"),
            track("vorbis", b"\x02\x1e"),
            track("pcm_s24be", layout="9 channels"),
        ]
    )["codings"]
    configs = [own["config"] for own in codings]
    assert [config and config["codec"] for config in configs] == [
        *("mp4a.40.2", "mp4a.40.5", "mp4a.40.42", "mp4a.40.2", "opus", "flac", "mp3", "vorbis", None)
    ]
    assert configs[0] == {
        "codec": "mp4a.40.2",
        "sampleRate": 48000,
        "numberOfChannels": 2,
        "description": [0x12, 0x10],
    }
    assert configs[3].get("description") is None
    assert bytes(configs[4]["description"]) == opus[:10] + b"\0\0" + opus[12:]  # samples before the start go by time
    assert (configs[4]["sampleRate"], configs[4]["numberOfChannels"]) == (48000, 6)
    assert bytes(configs[5]["description"]) == b"fLaC\x80\x00\x00\x22" + streaminfo
    assert configs[6]["numberOfChannels"] == 1


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (track("ac3"), "is ac3, which browsers do not decode"),
        (track("__proto__"), "is __proto__, which browsers do not decode"),
        (track("aac", rate=0), "states a rate of 0 samples a second"),
        (track("pcm_s16le", rate=768001), "states a rate of 768001 samples a second"),
        (track("pcm_s16le", layout="3 chanels"), "has channels of an unknown layout, 3 chanels"),
    ],
)
def test_what_is_not_decoded_is_said(record: dict[str, Any], reason: str) -> None:
    assert ask(tracks=[record])["codings"] == [reason]
