"""One measurement: a contender on a prepared clip, from raw frames to a file and back, with everything recorded."""

from __future__ import annotations

import datetime
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clips import LocatedClip
from benchmarks.contenders.interface import Coded, Contender, key_of
from benchmarks.material import Preparation, prepare
from benchmarks.measure import Finished, commit, environment, run_process
from benchmarks.pictures import PictureStore
from benchmarks.quality import compare
from benchmarks.results import Record, Timing


@dataclass(frozen=True, kw_only=True)
class Case:
    """What to measure.

    Attributes:
        clip: name of the clip, or of the joined video.
        clips: the clip, or those that are joined.
        preparation: what is made of it.
        contender: what codes it.
        repeats: how often the encoder and the decoder run; times are the medians.
        in_viewer: keep pictures for the report's viewer; a page that holds too many contenders opens slowly.
    """

    clip: str
    clips: tuple[LocatedClip, ...]
    preparation: Preparation
    contender: Contender
    repeats: int = 1
    in_viewer: bool = False

    @property
    def key(self) -> str:
        """Unique in a set of results."""
        return f"{self.preparation.key(self.clip)}/{key_of(self.contender)}"


@dataclass(frozen=True)
class Workplace:
    """Folders of a run: prepared clips, coded files while they are needed, and pictures for the report.

    Attributes:
        folder: of all of them.
        cluster: address of a cluster that codes and decodes gvc's segments; None for this machine.
    """

    folder: Path
    cluster: str | None = None

    @property
    def materials(self) -> Path:
        """Prepared clips."""
        return self.folder / "material"

    @property
    def pictures(self) -> PictureStore:
        """Pictures of the cases that were run here."""
        return PictureStore(self.folder / "pictures")

    def machines(self, command: list[str]) -> dict[str, str | int]:
        """The cluster on which a command runs, for its record; nothing if there is none, or it cannot use it."""
        can_use_it = command[0] in ("gvc-encode", "gvc-decode")
        return {"cluster": self.cluster} if self.cluster is not None and can_use_it else {}

    def placed(self, command: list[str]) -> list[str]:
        """A command with the cluster on which it runs."""
        return [
            *command,
            *(word for name, value in self.machines(command).items() for word in (f"--{name}", str(value))),
        ]


def run_case(case: Case, workplace: Workplace) -> Record:
    """Measure one case.

    Raises:
        BenchmarkError: the encoder or the decoder failed, or lost frames.
        InputError: a clip cannot be prepared.
    """
    material = prepare(case.clip, case.clips, case.preparation, workplace.materials)
    contender = case.contender
    with tempfile.TemporaryDirectory(dir=workplace.folder) as folder:
        coded_file = Path(folder) / f"coded.{contender.extension}"
        decoded_file = Path(folder) / "decoded.raw"
        encode_command = workplace.placed(contender.encode_command(material, coded_file))
        decode_command = workplace.placed(contender.decode_command(material, coded_file, decoded_file))
        encodes = [run_process(encode_command) for _ in range(case.repeats)]
        coded = [contender.coded(finished, coded_file) for finished in encodes]
        decodes = [run_process(decode_command) for _ in range(case.repeats)]
        pictures = workplace.pictures if case.in_viewer else None
        quality = compare(material, decoded_file, case=case.key, pictures=pictures)
        plain = {str(material.path): "in.raw", str(coded_file): coded_file.name, str(decoded_file): decoded_file.name}
        return Record(
            case=case.key,
            material=material.facts,
            contender=contender.name,
            settings=contender.settings,
            version=coded[-1].version,
            parts_bytes=coded[-1].parts_bytes,
            total_bytes=sum(coded[-1].parts_bytes.values()),
            encode=_timing(encode_command, encodes, plain, coded),
            decode=_timing(decode_command, decodes, plain),
            quality=quality,
            seed=contender.seed,
            options=contender.options,
            details=coded[-1].details,
            environment=environment() | workplace.machines(encode_command),
            commit=commit(),
            date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        )


def _timing(
    command: Sequence[str], runs: Sequence[Finished], plain: dict[str, str], coded: Sequence[Coded] = ()
) -> Timing:
    median = statistics.median_low([run.seconds for run in runs])
    stages = next((c.stage_seconds for c, run in zip(coded, runs, strict=False) if run.seconds == median), {})
    return Timing(
        command=" ".join(plain.get(word, word) for word in command),
        seconds=tuple(round(run.seconds, 3) for run in runs),
        peak_mib=tuple(round(run.peak_mib, 1) for run in runs),
        stage_seconds={stage: round(seconds, 3) for stage, seconds in stages.items()},
    )
