"""What the studio lets in, and what it refuses: token, host, origin, sizes, names, and requests that make no sense."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra `studio`")
httpx = pytest.importorskip("httpx", reason="needs httpx, of the extra `dev`")

from codec.studio.app import Studio  # noqa: E402 - only where the extra is
from codec.studio.guard import SECURITY_HEADERS, own_hosts  # noqa: E402
from codec.studio.jobs import JobQueue, State  # noqa: E402
from codec.studio.settings import StudioSettings  # noqa: E402
from codec.studio.videos import Videos, safe_name  # noqa: E402

TOKEN = "the-token"
ORIGIN = "http://127.0.0.1:8123"
LIMIT = 1000


class NoJobs(JobQueue):
    """A queue that runs nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 0)


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / name for name in ("uploads", "jobs", "videos", "secret")}
    for folder in found.values():
        folder.mkdir()
    (found["videos"] / "a.y4m").write_bytes(b"a video")
    (found["videos"] / ".hidden").write_bytes(b"")
    (found["secret"] / "key").write_bytes(b"a secret")
    (found["videos"] / "link").symlink_to(found["secret"] / "key")
    return found


@pytest.fixture
def studio(folders: dict[str, Path]) -> Iterator[Studio]:
    queue = NoJobs(folders["jobs"])
    yield Studio(Videos(folders["uploads"], [folders["videos"]]), queue, max_upload_bytes=LIMIT)
    queue.close()


class Client:
    """Asks the application in this process."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def request(self, method: str, path: str, **more: Any) -> Any:
        async def ask() -> Any:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url=ORIGIN) as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())


class Page(Client):
    """Asks as our page does: with the token, and our origin."""

    def ask(self, method: str, path: str, **more: Any) -> Any:
        more["headers"] = {"origin": ORIGIN} | more.get("headers", {})
        return self.request(method, f"/{TOKEN}/{path}", **more)

    def upload(self, data: bytes = b"some bytes", name: str = "a.mp4") -> int:
        answer = self.ask("POST", f"api/videos?name={name}", content=data)
        assert answer.status_code == 201
        return int(answer.json()["number"])


async def chunks(data: bytes, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield data


@pytest.fixture
def stranger(studio: Studio) -> Client:
    """A client that knows neither the token nor our origin."""
    return Client(studio.app(token=TOKEN, hosts=own_hosts("127.0.0.1", 8123)))


@pytest.fixture
def page(studio: Studio) -> Page:
    return Page(studio.app(token=TOKEN, hosts=own_hosts("127.0.0.1", 8123)))


@pytest.mark.parametrize("path", ["/", "/api/state", "/page/main.js", "/the-toke/", "/the-token2/api/state", "/%00/"])
def test_nothing_without_the_token(stranger: Client, path: str) -> None:
    answer = stranger.request("GET", path, headers={"origin": ORIGIN})
    assert answer.status_code == 404
    assert TOKEN not in answer.text
    assert stranger.request("POST", path, headers={"origin": ORIGIN}).status_code == 404


@pytest.mark.parametrize("host", ["evil.example:8123", "127.0.0.1", "127.0.0.1:8124", "localhost:80", ""])
def test_another_name_of_the_host_is_refused(stranger: Client, host: str) -> None:
    assert stranger.request("GET", f"/{TOKEN}/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost:8123", "127.0.0.1:8123", "[::1]:8123"])
def test_the_names_of_this_machine_are_taken(stranger: Client, host: str) -> None:
    assert stranger.request("GET", f"/{TOKEN}/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1:8124", "https://127.0.0.1:8123"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "api/videos?name=a"), ("POST", "api/jobs"), ("DELETE", "api/jobs/1"), ("PUT", "api/videos")],
)
def test_a_write_from_another_origin_is_refused(
    stranger: Client, studio: Studio, method: str, path: str, origin: str | None
) -> None:
    headers = {} if origin is None else {"origin": origin}
    answer = stranger.request(method, f"/{TOKEN}/{path}", headers=headers, content=b"x")
    assert answer.status_code == 403
    assert studio.videos.as_json() == []


def test_every_answer_has_the_headers(stranger: Client) -> None:
    for path in ("/", f"/{TOKEN}/", f"/{TOKEN}/page/main.js", f"/{TOKEN}/api/jobs/7/files/x", f"/{TOKEN}/nothing"):
        answer = stranger.request("GET", path)
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value
        assert "set-cookie" not in answer.headers


def test_the_page_has_nothing_from_elsewhere_and_no_code_in_it(page: Page) -> None:
    answer = page.ask("GET", "")
    assert answer.headers["content-type"].startswith("text/html")
    for word in ("http://", "https://", "//cdn", "onclick", "style=", "<script>"):
        assert word not in answer.text
    assert page.request("GET", f"/{TOKEN}").headers["location"] == f"/{TOKEN}/"


@pytest.mark.parametrize("path", ["page/../app.py", "page/%2e%2e/app.py", "page/..%2fapp.py", "page//etc/passwd"])
def test_no_file_outside_the_page(page: Page, path: str) -> None:
    assert page.ask("GET", path).status_code == 404


def test_an_upload_is_kept_and_removed(page: Page, folders: dict[str, Path]) -> None:
    number = page.upload(b"12345", name="../../my%20clip.y4m")
    assert page.ask("GET", "api/state").json()["videos"] == [
        {"number": number, "label": "my clip.y4m", "bytes": 5, "is_upload": True}
    ]
    (file,) = (path for path in folders["uploads"].rglob("*") if path.is_file())
    assert file.read_bytes() == b"12345"
    assert page.ask("DELETE", f"api/videos/{number}").status_code == 204
    assert not list(folders["uploads"].iterdir())
    assert page.ask("DELETE", f"api/videos/{number}").status_code == 204


@pytest.mark.parametrize("length", [LIMIT + 1, 2 * 10**9, 10**30])
def test_a_length_over_the_limit_is_refused_before_a_byte_is_read(
    page: Page, folders: dict[str, Path], length: int
) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    answer = page.ask("POST", "api/videos?name=a", content=body(), headers={"content-length": str(length)})
    assert answer.status_code == 413
    assert "--max-upload" in answer.json()["error"]
    assert not list(folders["uploads"].iterdir())


def test_a_length_that_is_not_told_is_counted(page: Page, folders: dict[str, Path]) -> None:
    answer = page.ask("POST", "api/videos?name=a", content=chunks(b"x" * 400, 3))
    assert answer.status_code == 413
    assert not list(folders["uploads"].iterdir())
    assert page.ask("POST", "api/videos?name=a", content=chunks(b"x" * 500, 2)).status_code == 201


def test_an_empty_upload_is_refused(page: Page, folders: dict[str, Path]) -> None:
    assert page.ask("POST", "api/videos?name=a", content=b"").status_code == 400
    assert not list(folders["uploads"].iterdir())


def test_a_file_of_an_opened_folder(page: Page, folders: dict[str, Path]) -> None:
    names = [file["name"] for file in page.ask("GET", "api/state").json()["local_files"]]
    assert names == ["a.y4m", "link"]
    answer = page.ask("POST", "api/videos/local", json={"folder": 0, "name": "a.y4m"})
    assert answer.status_code == 201
    assert page.ask("DELETE", f"api/videos/{answer.json()['number']}").status_code == 204
    assert (folders["videos"] / "a.y4m").exists()


@pytest.mark.parametrize(
    "file",
    [
        {"folder": 0, "name": "../secret/key"},
        {"folder": 0, "name": "link"},
        {"folder": 0, "name": "/etc/hostname"},
        {"folder": 0, "name": "a.y4m\0"},
        {"folder": 1, "name": "a.y4m"},
        {"folder": -1, "name": "a.y4m"},
        {"folder": 0, "name": 5},
        {},
    ],
)
def test_no_file_outside_of_an_opened_folder(page: Page, file: dict[str, Any]) -> None:
    answer = page.ask("POST", "api/videos/local", json=file)
    assert answer.status_code == 400
    assert page.ask("GET", "api/state").json()["videos"] == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "expected a job among encode"),
        ({"kind": "shell"}, "Received: shell"),
        ({"kind": "encode"}, "expected a video of the list"),
        ({"kind": "encode", "video": True, "color": "lossless"}, "expected a video of the list"),
        ({"kind": "encode", "video": 1, "color": "purple"}, "--color to be one of"),
        ({"kind": "encode", "video": 1, "color": "lossless", "options": {"seed": "many"}}, "--seed to be a number"),
        ({"kind": "encode", "video": 1, "color": "lossless", "options": {"seed": "-1"}}, "expected --seed from 0"),
        ({"kind": "encode", "video": 1, "color": "lossless", "options": {"target": "ciede=1"}}, "--color-target with"),
        ({"kind": "encode", "video": 1, "color": "none", "options": {"export_keyframes": "/tmp/x"}}, "of the form"),
        ({"kind": "encode", "video": 1, "color": "model", "options": {"references": "/etc"}}, "of the form"),
        ({"kind": "encode", "video": 1, "color": "model", "options": {"vgg16": "/etc/x"}}, "of the form"),
        ({"kind": "encode", "video": 1, "color": "lossless", "options": {"seed": 3}}, "as text"),
        ({"kind": "encode", "video": 1, "color": "lossless", "options": 3}, "a mode and its options"),
        ({"kind": "decode", "job": 1}, "a job that is done and fits decode"),
        ({"kind": "encode", "video": 1, "color": "model", "networks": []}, "one network or more"),
        ({"kind": "encode", "video": 1, "color": "model", "networks": [["a"]]}, "one network or more"),
        ({"kind": "encode", "video": 1, "color": "model", "networks": ["colornn"] * 2}, "each network once"),
        ({"kind": "encode", "video": 1, "color": "model", "networks": ["colornn", "x"]}, "--network to be one of"),
        ({"kind": "encode", "video": 1, "color": "lossless", "networks": ["compact"]}, "--network with --color"),
        ({"kind": "frames", "jobs": [1], "frames": [0]}, "a job that is done and fits frames. Received: job 1"),
        ({"kind": "frames", "jobs": [], "frames": [0]}, "expected 1 to 4 jobs"),
        ({"kind": "frames", "jobs": [1, 2, 3, 4, 5], "frames": [0]}, "expected 1 to 4 jobs"),
        ({"kind": "frames", "jobs": ["1"], "frames": [0]}, "expected each job once"),
        ({"kind": "frames", "job": 1, "frames": [0]}, "expected 1 to 4 jobs"),
        ({"kind": "recolor", "job": None}, "a job that is done and fits recolor"),
        ({"kind": "keyframes", "video": 1, "every": 0}, "every so-many-th frame"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    page: Page, studio: Studio, wish: dict[str, Any], words: str
) -> None:
    assert page.upload() == 1
    answer = page.ask("POST", "api/jobs", json=wish)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert "\n" not in answer.json()["error"]
    assert studio.queue.jobs() == []


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(page: Page, body: bytes) -> None:
    assert page.ask("POST", "api/jobs", content=body).status_code == 400
    assert page.ask("POST", "api/jobs", content=b"{}" + b" " * (9 << 20)).status_code == 413


def test_a_file_of_a_job_is_one_that_its_result_names(page: Page, studio: Studio, folders: dict[str, Path]) -> None:
    page.upload()
    number = page.ask("POST", "api/jobs", json={"kind": "encode", "video": 1, "color": "lossless"}).json()[0]["number"]
    job = studio.queue.get(number)
    assert job is not None
    job.folder.mkdir()
    for name in ("a.gvc", "other"):
        (job.folder / name).write_bytes(b"stream")
    assert page.ask("GET", f"api/jobs/{number}/files/a.gvc").status_code == 404  # it waits
    job.state, job.result = State.DONE, {"files": ["a.gvc"]}
    answer = page.ask("GET", f"api/jobs/{number}/files/a.gvc")
    assert answer.content == b"stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="a.gvc"'
    for name in ("other", "../1/a.gvc", "..%2f..%2fsecret%2fkey", ""):
        assert page.ask("GET", f"api/jobs/{number}/files/{name}").status_code == 404
    assert page.ask("DELETE", f"api/jobs/{number}").status_code == 204
    assert not list(folders["jobs"].iterdir())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("clip.mp4", "clip.mp4"),
        ("C:\\videos\\clip.mp4", "clip.mp4"),
        ("-rf", "rf"),
        ("..", "video"),
        ("", "video"),
        (".part", "part"),
        ("a\0b\n%04d*?.png", "a_b_04d_.png"),
        ("é" * 500 + ".mkv", "é" * 120 + ".mkv"),
        ("clip_256x256_24fps_rgb24.raw", "clip_256x256_24fps_rgb24.raw"),
    ],
)
def test_names_of_uploads_are_plain(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_token_is_long_and_stays_out_of_messages(tmp_path: Path) -> None:
    first, second = StudioSettings(work=tmp_path), StudioSettings(work=tmp_path)
    assert first.token != second.token
    assert len(first.token) >= 43  # 256 bits
    assert first.token not in repr(first)
