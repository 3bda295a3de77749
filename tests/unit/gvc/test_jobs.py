"""Whole files, wherever they are."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import gvc
from codec.progress import Silent

ROOT = Path(__file__).parents[3]
STREAM = ROOT / "tests" / "conformance" / "v1" / "valid" / "lossless_yuv420p.gvc"


@pytest.fixture
def y4m(tmp_path: Path) -> Path:
    gvc.decode(STREAM, tmp_path / "source.y4m")
    return tmp_path / "source.y4m"


def test_paths(y4m: Path, tmp_path: Path) -> None:
    report = gvc.encode(y4m, tmp_path / "out.gvc", verify=True)
    assert (report.color, report.input, report.output) == ("lossless", str(y4m), str(tmp_path / "out.gvc"))
    assert report.frames == len(gvc.open(STREAM))
    gvc.decode(tmp_path / "out.gvc", tmp_path / "again.y4m")
    assert (tmp_path / "again.y4m").read_bytes() == y4m.read_bytes()
    assert gvc.info(tmp_path / "out.gvc")["num_frames"] == report.frames


def test_file_objects(y4m: Path) -> None:
    stream, video = io.BytesIO(), io.BytesIO()
    with y4m.open("rb") as source:
        report = gvc.encode(source, stream, max_frames=2)
    assert (report.input, report.output, report.frames) == (str(y4m), "BytesIO", 2)
    stream.seek(0)
    decoded = gvc.decode(stream, video, sink_options=gvc.SinkOptions(kind="y4m"))
    assert decoded.frames == 2
    assert y4m.read_bytes().startswith(video.getvalue())
    stream.seek(0)
    assert gvc.info(stream)["num_frames"] == 2


def test_urls(y4m: Path) -> None:
    import fsspec

    with fsspec.open("memory://jobs/source.y4m", "wb") as target:
        target.write(y4m.read_bytes())
    for overwrite in (False, True):
        report = gvc.encode("memory://jobs/source.y4m", "memory://jobs/out.gvc", max_frames=2, overwrite=overwrite)
    assert report.output == "memory://jobs/out.gvc"
    with pytest.raises(gvc.OutputError, match="exists"):
        gvc.encode(y4m, "memory://jobs/out.gvc")
    gvc.decode("memory://jobs/out.gvc", "memory://jobs/out.y4m")
    with fsspec.open("memory://jobs/out.y4m", "rb") as source:
        assert y4m.read_bytes().startswith(source.read())
    with pytest.raises(gvc.InputError, match="cannot read memory://jobs/none"):
        gvc.encode("memory://jobs/none", "memory://jobs/out.gvc", overwrite=True)


def test_raw_video_and_gray(tmp_path: Path) -> None:
    (tmp_path / "frames").write_bytes(bytes(range(96)) * 2)
    options = gvc.SourceOptions(size=(8, 4), pixel_format="rgb24", kind="raw")
    gvc.encode(tmp_path / "frames", tmp_path / "out.gvc", gvc.Lossless(), source_options=options)
    with gvc.open(tmp_path / "out.gvc") as video:
        assert np.stack(video[1].data, axis=-1).tobytes() == bytes(range(96))
    gvc.decode(tmp_path / "out.gvc", tmp_path / "gray.raw", gray=True)
    assert (tmp_path / "gray.raw").stat().st_size == 2 * 8 * 4


def test_limits_of_the_size(y4m: Path, tmp_path: Path) -> None:
    smaller = gvc.encode(y4m, tmp_path / "out.gvc", must_save=True).total_bytes
    assert smaller < y4m.stat().st_size
    (tmp_path / "out.gvc").unlink()
    with pytest.raises(gvc.OutputError, match=f"at most {smaller - 1} bytes"):
        gvc.encode(y4m, tmp_path / "out.gvc", max_bytes=smaller - 1)
    assert [path.name for path in tmp_path.iterdir()] == ["source.y4m"]
    gvc.encode(y4m, tmp_path / "out.gvc", max_bytes=smaller)


def test_recovery(tmp_path: Path) -> None:
    data = bytearray((STREAM.parent / "segments.gvc").read_bytes())
    with gvc.open(io.BytesIO(data)) as video:
        data[video._opened._reader.segments[1].offset + 40] ^= 1
    (tmp_path / "damaged.gvc").write_bytes(data)
    with pytest.raises(gvc.StreamError):
        gvc.decode(tmp_path / "damaged.gvc", tmp_path / "out.y4m")
    assert gvc.decode(tmp_path / "damaged.gvc", tmp_path / "out.y4m", recover=True).lost


def test_what_needs_a_path_says_so(y4m: Path, tmp_path: Path) -> None:
    with pytest.raises(gvc.InputError, match=r"expected a path as source with resume=True. Received: BytesIO"):
        gvc.encode(io.BytesIO(), tmp_path / "out.gvc", resume=True)
    with pytest.raises(gvc.InputError, match=r"expected a path as target with resume=True. Received: memory://o.gvc"):
        gvc.encode(y4m, "memory://o.gvc", resume=True)
    with pytest.raises(gvc.InputError, match=r"expected a path as source with shared_path=True. Received: BytesIO"):
        gvc.encode(io.BytesIO(), tmp_path / "out.gvc", shared_path=True)
    with pytest.raises(gvc.InputError, match="expected --cluster with --shared-path"):
        gvc.encode(y4m, tmp_path / "out.gvc", shared_path=True)
    assert not list(tmp_path.glob("out*"))


def test_an_encode_goes_on(y4m: Path, tmp_path: Path) -> None:
    class Stop(Silent):
        def advance(self, done: int, detail: str = "") -> None:
            if detail and done > 1:  # beside the coded frames, their bytes
                raise KeyboardInterrupt

    mode = gvc.Lossless(shared=gvc.Shared(segment_frames=1))
    gvc.encode(y4m, tmp_path / "whole.gvc", mode)
    with pytest.raises(KeyboardInterrupt):
        gvc.encode(y4m, tmp_path / "out.gvc", mode, resume=True, progress=Stop())
    assert (tmp_path / "out.gvc.work").is_dir()
    report = gvc.encode(y4m, tmp_path / "out.gvc", mode, resume=True)
    assert report.resumed_segments > 0
    assert (tmp_path / "out.gvc").read_bytes() == (tmp_path / "whole.gvc").read_bytes()
    assert not (tmp_path / "out.gvc.work").exists()


def test_a_cluster_is_an_address_or_shared(y4m: Path, tmp_path: Path) -> None:
    mode = gvc.Lossless(shared=gvc.Shared(segment_frames=1))
    gvc.encode(y4m, tmp_path / "here.gvc", mode)
    gvc.encode(y4m, tmp_path / "address.gvc", mode, cluster="local:1")
    with gvc.Cluster("local:1") as cluster:
        gvc.encode(y4m, tmp_path / "shared.gvc", mode, cluster=cluster, shared_path=True)
        with (tmp_path / "shared.gvc").open("rb") as stream:
            gvc.decode(stream, tmp_path / "again.y4m", cluster=cluster)
    streams = {(tmp_path / f"{name}.gvc").read_bytes() for name in ("here", "address", "shared")}
    assert len(streams) == 1
    assert (tmp_path / "again.y4m").read_bytes() == y4m.read_bytes()
    with pytest.raises(gvc.InputError, match=r"tcp://HOST:PORT, tls://HOST:PORT or local:N. Received: nowhere"):
        gvc.decode(tmp_path / "here.gvc", tmp_path / "more.y4m", cluster="nowhere")
    with pytest.raises(gvc.WorkerError, match="the scheduler at local:1 is gone"):
        gvc.decode(tmp_path / "here.gvc", tmp_path / "more.y4m", cluster=cluster)
    assert not list(tmp_path.glob("more*"))


def test_errors_of_the_places(tmp_path: Path) -> None:
    with pytest.raises(gvc.InputError, match="does not exist"):
        gvc.encode(tmp_path / "none.mp4", tmp_path / "out.gvc")
    with pytest.raises(gvc.InputError, match="cannot read"):
        gvc.decode(tmp_path / "none.gvc", tmp_path / "out.mp4")
    with pytest.raises(gvc.InputError, match="cannot read"):
        gvc.info(tmp_path / "none.gvc")
    with pytest.raises(gvc.OutputError, match="Received: int"):
        gvc.decode(STREAM, 3)  # type: ignore[arg-type]


def test_importing_gvc_is_quick() -> None:
    program = (
        "import sys, gvc\n"
        "heavy = {'numpy', 'keras', 'tensorflow', 'av', 'cv2', 'sklearn', 'rich', 'fsspec'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_frames_are_read_without_the_sender_and_keras() -> None:
    program = (
        f"import sys, gvc\nvideo = gvc.open({str(STREAM)!r})\nvideo[-1].data, video.rgb[0], video.gray[1]\n"
        "parts = ('keras', 'rich', 'codec.metrics', 'codec.keyframes', 'codec.colorization', 'codec.encoder.encode')\n"
        "found = [name for name in sys.modules if name.startswith(parts)]\n"
        "sys.exit(f'imported {found}' if found else 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_an_output_that_exists_names_the_argument(tmp_path: Path) -> None:
    there = tmp_path / "there.y4m"
    there.write_bytes(b"something")
    with pytest.raises(gvc.OutputError) as caught:
        gvc.decode(STREAM, there)
    assert str(caught.value) == f"{there} exists. Give overwrite=True to replace it"
    assert there.read_bytes() == b"something"
    gvc.decode(STREAM, there, overwrite=True)
    assert there.read_bytes().startswith(b"YUV4MPEG2")


def test_everything_public_is_there() -> None:
    assert dir(gvc) == sorted(gvc.__all__)  # what comes late is offered, too
    assert all(getattr(gvc, name) is not None for name in gvc.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        gvc.nothing  # noqa: B018
