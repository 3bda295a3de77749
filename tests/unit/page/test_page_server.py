"""The server of the page gives its files and one stream to those who know the address, and nothing else."""

from __future__ import annotations

import http.client
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from codec.errors import InputError
from codec.page import files
from codec.page.files import page_files, page_folder
from codec.page.serve import CONTENT_SECURITY_POLICY, PageServer

CONTENT = bytes(range(256)) * 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    (page / "built").mkdir(parents=True)
    for name in ("index.html", "main.js", "built/gvc.wasm", "LICENSE", "package.json"):
        (page / name).write_text(name)
    (tmp_path / "a b#1.gvc").write_bytes(CONTENT)
    (tmp_path / "secret.txt").write_text("secret")
    return page


@pytest.fixture
def server(folder: Path) -> Iterator[PageServer]:
    with PageServer(page_files(folder), folder.parent / "a b#1.gvc") as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: PageServer, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content


def base(server: PageServer) -> str:
    return urllib.parse.urlsplit(server.address).path


def stream(server: PageServer) -> str:
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(server.address).query)
    return base(server) + query["file"][0]


def test_it_gives_the_page_and_its_files(server: PageServer) -> None:
    status, headers, content = ask(server, base(server))
    assert (status, content) == (200, b"index.html")
    assert headers["Content-Type"].startswith("text/html")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ask(server, base(server) + "built/gvc.wasm")[1]["Content-Type"] == "application/wasm"
    assert ask(server, base(server) + "main.js?x=1")[0] == 200


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=1270-", slice(1270, None)),
        ("bytes=-5", slice(-5, None)),
        ("bytes=1275-9999", slice(1275, None)),
    ],
)
def test_it_gives_the_stream_in_ranges(server: PageServer, wanted: str, part: slice) -> None:
    status, headers, content = ask(server, stream(server), Range=wanted)
    assert (status, content) == (206, CONTENT[part])
    start = range(len(CONTENT))[part][0]
    assert headers["Content-Range"] == f"bytes {start}-{start + len(content) - 1}/{len(CONTENT)}"


def test_it_gives_the_stream_whole(server: PageServer) -> None:
    assert ask(server, stream(server))[::2] == (200, CONTENT)
    status, headers, content = ask(server, stream(server), method="HEAD")
    assert (status, headers["Content-Length"], content) == (200, str(len(CONTENT)), b"")


def test_a_range_behind_the_end_is_refused(server: PageServer) -> None:
    status, headers, _ = ask(server, stream(server), Range="bytes=5000-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/index.html",
            "/wrong-token/",
            "//",
            "/{token}",
            "/{token}/../secret.txt",
            "/{token}/%2e%2e/secret.txt",
        ),
        *("/{token}/LICENSE", "/{token}/package.json", "/{token}/stream/secret.txt", "/{token}/built/"),
    ],
)
def test_nothing_else_is_given(server: PageServer, path: str) -> None:
    status, _, content = ask(server, path.replace("{token}", base(server).strip("/")))
    assert (status, content) == (404, b"")


def test_another_host_name_is_refused(server: PageServer) -> None:
    assert ask(server, base(server), Host="evil.example:80")[0] == 404
    assert ask(server, base(server), Host=f"localhost:{server.server_address[1]}")[0] == 200


def test_page_and_server_state_one_policy(server: PageServer) -> None:
    page = (Path(__file__).parents[3] / "web" / "index.html").read_text(encoding="utf-8")
    assert f'content="{CONTENT_SECURITY_POLICY}"' in page
    for path in (base(server), base(server) + "main.js"):
        assert ask(server, path)[1]["Content-Security-Policy"].startswith(CONTENT_SECURITY_POLICY)


def test_other_methods_are_refused(server: PageServer) -> None:
    assert ask(server, stream(server), method="PUT")[0] == 501


def test_a_stream_that_goes_away_is_not_there(server: PageServer, folder: Path) -> None:
    (folder.parent / "a b#1.gvc").unlink()
    assert ask(server, stream(server))[0] == 404


def test_each_server_has_a_token_of_its_own(folder: Path) -> None:
    with PageServer(page_files(folder), folder / "index.html") as one, PageServer(page_files(folder), folder) as other:
        assert base(one) != base(other)
        assert len(base(one)) > 20


def test_a_port_that_is_taken_is_an_error(server: PageServer, folder: Path) -> None:
    with pytest.raises(InputError, match="cannot serve on port"):
        PageServer(page_files(folder), folder / "index.html", server.server_address[1])
    with pytest.raises(InputError, match="cannot serve on port 99999"):
        PageServer(page_files(folder), folder / "index.html", 99999)


def test_a_page_that_was_not_built_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_INSTALLED", folder)
    assert page_folder() == folder
    (folder / "built" / "gvc.wasm").unlink()
    with pytest.raises(InputError, match=r"without built/gvc.wasm; pip install ziglang"):
        page_folder()
