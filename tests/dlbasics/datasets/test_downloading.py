"""下载：对着 127.0.0.1 上一个会断线、会撒谎的服务器。"""

import hashlib
import http.client
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from dlbasics.datasets.downloading import ATTEMPTS, download

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """给出 ``content``；``broken`` 次断在半路；``ranges`` 记下每次请求的 Range。"""

    daemon_threads = True
    content, broken, supports_range, tells_length, status = CONTENT, 0, True, True, 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/data.gz"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, wanted = self.server, self.headers["Range"]
        server.ranges.append(wanted)
        start = 0
        if wanted and server.supports_range:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
        if server.status != 200 or start >= len(server.content):
            self.send_error(server.status if server.status != 200 else 416)
            return
        body = server.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header(
                "Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}"
            )
        if server.tells_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if server.broken:
            server.broken -= 1
            body = body[: len(body) // 3]
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "data.gz"


def part(path):
    return path.with_name(path.name + ".part")


def names(path):
    """文件夹里的文件；锁是空的，不算。"""
    return sorted(p.name for p in path.parent.iterdir() if p.suffix != ".lock")


def test_downloads(server, path):
    download(server.url, path, SHA256.upper())
    assert path.read_bytes() == CONTENT
    assert names(path) == ["data.gz"]
    assert server.ranges == [None]


def test_two_at_once_download_it_once(server, path):
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: download(server.url, path, SHA256), range(4)))
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None]


def test_broken_transfer_goes_on_from_where_it_broke(server, path):
    server.broken = 2
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=166666-"]


def test_the_next_call_goes_on_too(server, path):
    server.broken = ATTEMPTS
    with pytest.raises(OSError, match="再运行一次会接着下载"):
        download(server.url, path, SHA256)
    assert names(path) == ["data.gz.part"]  # 正式的名字没有出现
    have = part(path).stat().st_size
    assert part(path).read_bytes() == CONTENT[:have] and 0 < have < len(CONTENT)
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT
    assert server.ranges[-1] == f"bytes={have}-"


def test_server_without_ranges_starts_over(server, path):
    server.broken, server.supports_range = 1, False
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-"]


def test_server_that_does_not_tell_the_length(server, path):
    server.tells_length = False
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT


def test_wrong_content_is_refused(server, path):
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(ValueError, match="SHA-256 不符"):
        download(server.url, path, SHA256)
    assert names(path) == []


def test_bad_beginning_is_found_out_and_thrown_away(server, path):
    path.parent.mkdir()
    part(path).write_bytes(b"rubbish")
    with pytest.raises(ValueError, match="请再试"):
        download(server.url, path, SHA256)
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("surplus", [b"", b"rubbish"])
def test_part_that_is_already_complete(server, path, surplus):
    """上次收完了，还没有来得及改名；或者收得太多。"""
    path.parent.mkdir()
    part(path).write_bytes(CONTENT + surplus)
    if surplus:
        with pytest.raises(ValueError, match="SHA-256"):
            download(server.url, path, SHA256)
        assert names(path) == []
    else:
        download(server.url, path, SHA256)
        assert path.read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(CONTENT + surplus)}-"]


def test_old_file_survives_a_failure(server, path):
    path.parent.mkdir()
    path.write_bytes(b"old")
    server.content = b"wrong"
    with pytest.raises(ValueError, match="SHA-256"):
        download(server.url, path, SHA256)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("status", [403, 404, 503])
def test_error_from_the_server(server, path, status):
    server.status = status
    with pytest.raises(OSError, match=str(status)):
        download(server.url, path, SHA256)
    assert server.ranges == [None]  # 服务器明说没有，不再试
    assert names(path) == []


def test_nobody_there(server, path):
    url = server.url
    server.server_close()
    with pytest.raises(OSError, match="下载 http"):
        download(url, path, SHA256)


def test_lying_range_starts_over(server, path, monkeypatch):
    """说是 206，却从头给起：不能接在后面。"""
    path.parent.mkdir()
    part(path).write_bytes(CONTENT[:1000])
    original = http.client.HTTPMessage.__getitem__

    def from_zero(self, name):
        return "bytes 0-299999/300000" if name == "Content-Range" else original(self, name)

    monkeypatch.setattr(http.client.HTTPMessage, "__getitem__", from_zero)
    server.supports_range = False
    monkeypatch.setattr(Handler, "send_response", lambda self, _: send_response(self, 206))
    send_response = BaseHTTPRequestHandler.send_response
    download(server.url, path, SHA256)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, SHA256 + "0"])
def test_bad_checksum(path, sha256):
    with pytest.raises(ValueError, match="64 个十六进制数字"):
        download("http://127.0.0.1/", path, sha256)
    assert not path.parent.exists()
