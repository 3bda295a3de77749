"""``gvc-play`` as a process: what it prints and serves, how it ends, and what it refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import assert_one_line_error, call, command
from tests.web.decoded import BUILT, CONFORMANCE

pytestmark = pytest.mark.skipif(not (BUILT / "gvc.wasm").is_file(), reason="the page was not built: make web")
GRAY = CONFORMANCE / "valid" / "gray_raw.gvc"


@pytest.fixture
def serving(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    line = [command("gvc-play"), "--no-browser", *map(str, request.param)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
@pytest.mark.parametrize("serving", [(GRAY,), ("-q", GRAY)], indirect=True)
def test_it_serves_the_stream_until_it_is_interrupted(serving: subprocess.Popen[str]) -> None:
    address = first_line(serving)
    base, _, query = address.partition("?")
    name = urllib.parse.parse_qs(query)["file"][0]
    with urllib.request.urlopen(base + name, timeout=30) as answer:
        assert answer.read() == GRAY.read_bytes()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(base.rsplit("/", 2)[0] + "/", timeout=30)
    serving.send_signal(signal.SIGINT)
    assert serving.communicate(timeout=30) == ("", "gvc-play: error: interrupted\n")
    assert serving.returncode == 130


@pytest.mark.parametrize("serving", [("--json", CONFORMANCE / "valid" / "guided_1_to_4.gvc")], indirect=True)
def test_it_says_what_browsers_do_not_decode(serving: subprocess.Popen[str]) -> None:
    record = json.loads(first_line(serving))
    assert record["event"] == "serving"
    assert record["address"].startswith("http://127.0.0.1:")
    assert serving.stderr is not None
    assert "browsers do not decode the color (hevc) of this stream" in serving.stderr.readline()


def test_what_cannot_be_played_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    assert_one_line_error(call("gvc-play", tmp_path / "no.gvc", "--no-browser"), 3, "no.gvc")
    assert_one_line_error(call("gvc-play", tmp_path, "--no-browser"), 3, "which is no file")
    assert_one_line_error(call("gvc-play", "-", "--no-browser"), 3, "which is no file")
    foreign = CONFORMANCE / "faulty" / "foreign.gvc"
    assert_one_line_error(call("gvc-play", foreign, "--no-browser"), 4, "expected a .gvc stream")
    assert_one_line_error(call("gvc-play", GRAY, "--no-browser", "--port", "70000"), 3, "port 70000")
