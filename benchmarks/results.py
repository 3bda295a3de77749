"""Results: one JSON record for each case that was run, kept in one file for each set, a line each.

A set is a file ``benchmarks/results/NAME.jsonl``. A case that the set has is not run again unless that is asked for,
so a run that was stopped goes on where it stopped.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codec.files import PendingFile

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, kw_only=True)
class MaterialFacts:
    """The pixels that every contender of a comparison was given.

    Attributes:
        clip: name in ``clips.toml``, or of a joined video.
        width, height, num_frames: as prepared.
        frame_rate: frames a second, an exact fraction such as ``30000/1001``.
        pixel_format: FFmpeg's name.
        raw_bytes: all frames uncompressed.
        sha256: of those bytes.
        preparation: how they were made from the clip, in words.
    """

    clip: str
    width: int
    height: int
    num_frames: int
    frame_rate: str
    pixel_format: str
    raw_bytes: int
    sha256: str
    preparation: str


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One process, run once or several times.

    Attributes:
        command: what was run, as it is typed, with plain file names.
        seconds: wall time of each run, start of the interpreter included.
        peak_mib: peak resident memory of each run.
        stage_seconds: wall time by stage in the median run, where the program tells.
    """

    command: str
    seconds: tuple[float, ...]
    peak_mib: tuple[float, ...]
    stage_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def median_seconds(self) -> float:
        """Median of the runs."""
        return statistics.median(self.seconds)

    @property
    def median_peak_mib(self) -> float:
        """Median of the runs."""
        return statistics.median(self.peak_mib)


@dataclass(frozen=True, kw_only=True)
class QualityFacts:
    """The decoded video against the prepared one. None: does not apply, or without any error where a PSNR stands.

    Attributes:
        picture_exact: every sample is the original's.
        luma_exact: every gray sample is.
        psnr_luma_db, psnr_chroma_db: peak 255, over all frames together.
        ssim_rgb: mean over R, G, B and the compared frames.
        ciede2000_mean, ciede2000_p95: over the compared frames.
        colorfulness_original, colorfulness_decoded: mean over the compared frames.
        cdc_original, cdc_decoded: color distribution consistency over all frames.
        chroma_flicker: mean error of the chroma's change from frame to frame, in code values, over all frames.
        num_compared: frames on which the slower figures were computed, evenly spread.
        worst_frames: indices of the compared frames with the largest mean CIEDE2000, the worst first.
    """

    picture_exact: bool
    luma_exact: bool
    psnr_luma_db: float | None
    psnr_chroma_db: float | None
    ssim_rgb: float
    ciede2000_mean: float
    ciede2000_p95: float
    colorfulness_original: float
    colorfulness_decoded: float
    cdc_original: float | None
    cdc_decoded: float | None
    chroma_flicker: float | None
    num_compared: int
    worst_frames: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """What came out of one case: a contender, with its settings, on one prepared clip.

    Attributes:
        case: the key: material and contender, unique in a set.
        material: what was coded.
        contender: name of the contender, such as ``x265``.
        settings: what tells it from the same contender's other rows, such as ``crf=28``; may be empty.
        version: of the encoder, as it calls itself.
        parts_bytes: bytes by part; they add up to ``total_bytes``. Parts: ``luma``, ``color`` (coded chroma),
            ``network``, ``other``; ``picture`` where gray and chroma are coded together.
        total_bytes: size of the file.
        encode, decode: time and memory.
        quality: of the decoded video.
        seed: of everything random; None where nothing is.
        options: every option that the contender was given, by name.
        details: what else the encoder reports, such as the number of keyframes.
        environment: machine and library versions.
        commit: of the checkout, with ``+`` behind it where files differed from it.
        date: day of the run, ISO 8601.
    """

    case: str
    material: MaterialFacts
    contender: str
    settings: str
    version: str
    parts_bytes: dict[str, int]
    total_bytes: int
    encode: Timing
    decode: Timing
    quality: QualityFacts
    seed: int | None
    options: dict[str, str | int | float | bool | None]
    details: dict[str, Any]
    environment: dict[str, str | int]
    commit: str
    date: str

    @property
    def name(self) -> str:
        """Contender and settings, for a table."""
        return f"{self.contender} {self.settings}".strip()

    @property
    def saved_percent(self) -> float:
        """Bytes saved against the raw video, in percent."""
        return 100 * (1 - self.total_bytes / self.material.raw_bytes)

    @property
    def color_bytes(self) -> int:
        """What the color costs beside the gray: coded chroma and network."""
        return self.parts_bytes.get("color", 0) + self.parts_bytes.get("network", 0)

    def as_json(self) -> dict[str, Any]:
        """JSON types only; no number in it is infinite or NaN."""
        return dataclasses.asdict(self)


def record_from_json(fields: dict[str, Any]) -> Record:
    """The inverse of :meth:`Record.as_json`.

    Raises:
        ValueError: a field is missing or unknown.
    """
    try:
        timings = {name: _timing(fields[name]) for name in ("encode", "decode")}
        quality = dict(fields["quality"])
        quality["worst_frames"] = tuple(quality["worst_frames"])
        nested = {"material": MaterialFacts(**fields["material"]), "quality": QualityFacts(**quality), **timings}
        return Record(**{**fields, **nested})
    except (KeyError, TypeError) as error:
        raise ValueError(f"expected a benchmark record. Received: {fields.get('case', fields)!r} ({error})") from error


def _timing(fields: dict[str, Any]) -> Timing:
    return Timing(**{**fields, "seconds": tuple(fields["seconds"]), "peak_mib": tuple(fields["peak_mib"])})


class ResultSet:
    """The records of one set, in memory and on disk.

    Args:
        path: its file; need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records: dict[str, Record] = {}
        self._read()

    def __contains__(self, case: str) -> bool:
        return case in self._records

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.values())

    def __len__(self) -> int:
        return len(self._records)

    def get(self, case: str) -> Record | None:
        """The record of a case, or None."""
        return self._records.get(case)

    def add(self, record: Record) -> None:
        """Take a record, in place of an older one of the same case, and write the set: whole, or not at all.

        What another run has put into the file meanwhile is kept.
        """
        self._read()
        self._records[record.case] = record
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(self._records[case].as_json(), allow_nan=False) for case in sorted(self._records)]
        file = PendingFile(str(self.path), overwrite=True)
        file.stream.write(("\n".join(lines) + "\n").encode())
        file.commit()

    def _read(self) -> None:
        if self.path.exists():
            for line in self.path.read_text().splitlines():
                record = record_from_json(json.loads(line))
                self._records[record.case] = record


def set_path(name: str) -> Path:
    """The file of a set: a name of a committed one, or a path that ends in ``.jsonl``."""
    return Path(name) if name.endswith(".jsonl") else RESULTS / f"{name}.jsonl"
