"""What tests ask the page about sound, and streams to ask about."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np

from tests.end_to_end.conftest import call_ok
from tests.end_to_end.page_in_browser import Page
from tests.sounding_video import Sound, write_sounding_video

KINDS = {
    "aac": ("aac", "mp4", 44100),
    "aac_in_mkv": ("aac", "mkv", 48000),
    "opus": ("libopus", "mkv", 48000),
    "flac": ("flac", "mkv", 44100),
    "pcm": ("pcm_s16le", "mkv", 44100),
    "mp3": ("libmp3lame", "mkv", 44100),
    "vorbis": ("vorbis", "mkv", 44100),
}
"""Encoder, container and rate."""

SAMPLES = """async ([frame, length]) => {
  const { sampleRate, channels } = await (await gvc.opened).sound(frame, length);
  const texts = channels.map((samples) => {
    let text = "";
    for (const byte of new Uint8Array(samples.buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  });
  return [sampleRate, texts];
}"""
WATCH = """async () => {
  const player = await gvc.opened, speaker = await player.opening, { clock } = player;
  globalThis.seen = [];
  let due = 0;
  const { seconds } = clock, { show } = player.view;
  clock.seconds = (time) => (due = seconds.call(clock, time));
  player.view.show = (frame) => {
    seen.push({
      index: frame.index, start: frame.pts * player.facts.timeBase, due, isHeard: clock.isHeard,
      isNextThere: player.frames.has(frame.index + 1),
    });
    show(frame);
  };
  globalThis.lastDue = () => due;
  return speaker.tracks.length;
}"""
LISTEN = """async () => {
  const player = await gvc.opened, speaker = await player.opening;
  while (!(player.clock.isHeard && speaker.seconds() > speaker.job.seconds + 0.5)) {
    if (!player.isPlaying) throw new Error("playing has ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { context, gain, job } = speaker, analyser = new AnalyserNode(context, { fftSize: 4096 });
  gain.connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const samples = new Float32Array(4096);
  analyser.getFloatTimeDomainData(samples);
  const clock = speaker.seconds(), end = job.seconds + context.currentTime - job.begun;
  return { clock, end, samples: [...samples], rate: context.sampleRate };
}"""
OVER = """async () => {
  const player = await gvc.opened;
  while (player.isPlaying) await new Promise((resolve) => setTimeout(resolve, 20));
}"""
SEEN = """async (isHeard) => {
  const player = await gvc.opened;
  while (!(player.position > 3 && seen.at(-1)?.isHeard === isHeard)) {
    if (!player.isPlaying) throw new Error("playing has ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""
GAIN = """async (wanted) => {
  const { gain } = (await gvc.opened).speaker;
  while (Math.abs(gain.gain.value - wanted) > 1e-4) {
    if (gain.context.state !== "running") throw new Error("playing has ended");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}"""


def encoded(folder: Path, name: str = "aac", **options: Any) -> tuple[Path, Path]:
    """A video with sound, and its stream of several segments."""
    codec, ending, rate = KINDS[name]
    source, out = folder / f"{name}.{ending}", folder / f"{name}.gvc"
    write_sounding_video(source, codec, rate, **options)
    call_ok("gvc-encode", source, out, "--luma", "raw", "--segment-frames", "25")
    return source, out


def samples(page: Page, frame: int, seconds: float) -> tuple[int, Sound]:
    """The rate, and what is heard from a frame on: (channels, samples)."""
    rate, texts = page.page.evaluate(SAMPLES, [frame, seconds])
    return rate, np.stack([np.frombuffer(base64.b64decode(text), np.float32) for text in texts])


def assert_same(heard: Sound, truth: Sound) -> None:
    """Every bit of 24 is the same. Web Audio's clock is a float, whose rounding moves pieces by 1e-11 of a sample."""
    np.testing.assert_array_equal(np.rint(heard * 2.0**23), truth * 2.0**23)


def lag_of(heard: Sound, truth: Sound, place: int, most: int) -> tuple[int, float]:
    """How many samples later `heard` is than `truth` from a place on, and their correlation then."""
    count = heard.shape[1]
    found = []
    for lag in range(-most, most + 1):
        first = place - lag
        if first < 0 or first + count > truth.shape[1]:
            continue
        own = truth[:, first : first + count]
        scale = float(np.linalg.norm(own)) * float(np.linalg.norm(heard))
        found.append((float(np.vdot(own, heard)) / scale if scale else 0.0, lag))
    correlation, lag = max(found)
    return lag, correlation
