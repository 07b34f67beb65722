"""make book 用的小服务器：真的起一个进程，从外面看它。"""

import gzip
import mimetypes
import os
import re
import signal
import socket
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.site.conftest import ROOT, serve

SERVE = [sys.executable, "-m", "book.serve"]
CHINESE = {"encoding": "utf-8", "env": os.environ | {"PYTHONUTF8": "1"}}


@pytest.fixture
def tiny_site(tmp_path):
    (tmp_path / "index.html").write_text("<p>首页</p>", encoding="utf-8")
    return tmp_path


def run(*arguments: object) -> subprocess.CompletedProcess:
    command = [*SERVE, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, **CHINESE)


IGNORE = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
IN_THE_BACKGROUND = [sys.executable, "-c", IGNORE + "os.execv(sys.argv[1], sys.argv[1:])"]
"""像 shell 用 ``&`` 启动的那样：子进程一开始就忽略 SIGINT。"""


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有可以发给一个进程的信号")
@pytest.mark.parametrize("prefix", [[], IN_THE_BACKGROUND], ids=["foreground", "background"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_serves_and_stops_quietly(tiny_site, name, prefix):
    command = [*prefix, *SERVE, str(tiny_site), "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes, **CHINESE) as process:
        line = process.stdout.readline()
        url = re.search(r"打开 (http://127\.0\.0\.1:\d+/) 看书", line)[1]
        with urlopen(url) as reply:
            assert reply.read().decode() == "<p>首页</p>"
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert errors == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有可以发给一个进程的信号")
def test_the_copy_in_the_site_needs_nothing_and_opens_the_browser(tiny_site):
    """U 盘上的那一份：没有装过任何包的 Python，不写文件夹；浏览器换成记下网址的命令。"""
    (tiny_site / "serve.py").write_bytes((ROOT / "book" / "serve.py").read_bytes())
    (tiny_site / "module.js").write_text("", encoding="utf-8")
    script = tiny_site / "note"
    script.write_text(f'#!/bin/sh\necho "$1" > "{tiny_site}/opened"\n', encoding="utf-8")
    script.chmod(0o755)
    environment = CHINESE["env"] | {"BROWSER": f"{script} %s"}
    command = [sys.executable, "-I", "-S", str(tiny_site / "serve.py"), "--port", "0"]
    # -I 不理会 PYTHONUTF8：说的话是机器的编码，里面的网址总是 ASCII
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        try:
            url = re.search(rb"http://\S+/", process.stdout.readline())[0].decode("ascii")
            with urlopen(url + "module.js") as reply:
                assert reply.headers.get_content_type() == "text/javascript"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
    assert (tiny_site / "opened").read_text() == f"{url}\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows 没有可以发给一个进程的信号")
def test_any_console_can_show_what_it_says(tiny_site):
    """没有汉字的控制台：说不出的字换成问号，不停下。"""
    settings = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "book/serve.py", str(tiny_site), "--port", "0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, **pipes) as process:
        told = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert b"http://127.0.0.1:" in told and errors == b""


def test_the_site_carries_it(site):
    assert (site / "serve.py").read_bytes() == (ROOT / "book" / "serve.py").read_bytes()


def test_types_do_not_depend_on_the_machine(tiny_site, monkeypatch):
    """机器登记的类型可以是错的；错了，浏览器就不用样式，也不运行脚本。"""
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: ("application/x-wrong", None))
    names = {"a.css": "text/css", "a.js": "text/javascript", "a.mjs": "text/javascript"}
    for name in names:
        (tiny_site / name).touch()
    for address in serve(tiny_site):
        types = {name: urlopen(address + name).headers.get_content_type() for name in names}
    assert types == names


def test_texts_travel_compressed(tiny_site):
    """接受 gzip 的才压缩；没有改过的只答 304；改过的重新压缩；图照原样。"""
    page, picture = tiny_site / "a.html", tiny_site / "a.webp"
    page.write_text("<p>卷积</p>" * 1000, encoding="utf-8")
    picture.write_bytes(b"RIFF")
    wanted = {"Accept-Encoding": "gzip"}
    for address in serve(tiny_site):
        with urlopen(Request(address + "a.html", headers=wanted)) as reply:
            assert reply.headers["Content-Encoding"] == "gzip"
            assert reply.headers.get_content_type() == "text/html"
            assert gzip.decompress(body := reply.read()) == page.read_bytes()
            assert len(body) < page.stat().st_size / 10
            seen = wanted | {"If-Modified-Since": reply.headers["Last-Modified"]}
        with pytest.raises(HTTPError, match="304"):
            urlopen(Request(address + "a.html", headers=seen))
        with urlopen(address + "a.html") as reply:
            assert not reply.headers["Content-Encoding"] and reply.read() == page.read_bytes()
        with urlopen(Request(address + "a.webp", headers=wanted)) as reply:
            assert not reply.headers["Content-Encoding"] and reply.read() == b"RIFF"
        with urlopen(Request(address, headers=wanted)) as reply:
            assert gzip.decompress(reply.read()).decode() == "<p>首页</p>"
        page.write_text("<p>汇聚</p>", encoding="utf-8")
        os.utime(page, (1, 1))
        with urlopen(Request(address + "a.html", headers=seen)) as reply:
            assert gzip.decompress(reply.read()).decode() == "<p>汇聚</p>"


def test_a_missing_page_is_told_in_chinese(tiny_site):
    for address in serve(tiny_site):
        with pytest.raises(HTTPError) as missing:
            urlopen(address + "nothing.html")
    assert missing.value.code == 404
    assert "没有这一页（404）" in missing.value.read().decode("utf-8")


def test_busy_port_names_another(tiny_site):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        result = run(tiny_site, "--port", port)
    assert result.returncode == 2
    assert result.stderr.strip() == (
        f"端口 {port} 已被占用；换一个：--port {port + 1}（make book 写 PORT={port + 1}）"
    )


def test_missing_site_says_what_to_run(tmp_path):
    result = run(tmp_path / "nothing")
    assert result.returncode == 2
    assert "make site" in result.stderr


def test_runs_as_a_script(tmp_path):
    command = [sys.executable, str(ROOT / "book" / "serve.py"), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, timeout=60, **CHINESE)
    assert result.returncode == 2
    assert "make site" in result.stderr


@pytest.mark.parametrize("port", ["-1", "70000", "http"])
def test_bad_port(tiny_site, port):
    result = run(tiny_site, f"--port={port}")
    assert result.returncode == 2
    assert result.stderr == f"端口应是 0 到 65535 的整数，得到 {port!r}\n"


def test_help_is_chinese():
    said = run("--help").stdout
    assert said.startswith("用法：") and "按 Ctrl+C 停止" in said
    assert {*re.findall("[A-Za-z]+", said)} == {"serve", "py", "port", "h", "help", "Ctrl", "C"}


@pytest.mark.parametrize("wrong", ["--prt=1", "--port", "a b"])
def test_what_it_cannot_read_is_told_in_chinese(wrong):
    result = run(*wrong.split())
    assert result.returncode == 2
    assert result.stderr == f"看不懂：{wrong}\n\n" + run("--help").stdout
