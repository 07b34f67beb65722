"""在本机提供构建好的网站：``python book/serve.py _build/html --port 8000``。

只用标准库：网站里也放着它，``python3 serve.py`` 就提供它所在的文件夹，并打开浏览器。
"""

from __future__ import annotations

import argparse
import errno
import gzip
import io
import os
import shlex
import signal
import sys
import webbrowser
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, NoReturn
from urllib.parse import urlsplit

HOST = "127.0.0.1"
HERE = Path(__file__).resolve().parent
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""网站里的文件是什么类型；机器上登记成别的（Windows 的注册表），也不理会。"""
TEXTS = {".css", ".html", ".ipynb", ".js", ".json", ".mjs", ".svg", ".txt"}
"""压缩了再送的文件：网页和脚本压缩以后不到一半，别的本来就是压缩的。"""


MISSING = """\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>没有这一页</title>
<p>没有这一页（%(code)d）。<a href="/">回到封面</a></p>
</html>
"""


@lru_cache(maxsize=256)
def compressed(path: Path, modified: float) -> bytes:
    """一个文件压缩以后的样子；改过就重新压缩。"""
    return gzip.compress(path.read_bytes(), mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """静态文件；不在终端里逐条记录请求，也不让浏览器留着旧页面。"""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES
    error_message_format = MISSING

    def send_head(self) -> BinaryIO | None:
        path = Path(self.translate_path(self.path))
        if urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepted and path.suffix in TEXTS and path.is_file()):
            return super().send_head()
        modified = path.stat().st_mtime
        last = self.date_time_string(int(modified))
        if self.headers.get("If-Modified-Since") == last:
            self.send_response(304)
            self.end_headers()
            return None
        body = compressed(path, modified)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", last)
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """停下以后，端口立刻可以再用；Windows 上的同名选项却让两个进程占用同一个端口。"""

    allow_reuse_address = os.name != "nt"


def open_server(site: Path, port: int) -> Server:
    """在 127.0.0.1 的 ``port`` 上提供 ``site``；``port`` 为 0 时任选一个空闲端口。

    Raises
    ------
    ValueError
        ``site`` 里没有首页，或端口用不了。
    """
    if not (site / "index.html").is_file():
        raise ValueError(f"{site} 里没有 index.html；先运行 make site 构建网站")
    try:
        return Server((HOST, port), partial(Handler, directory=str(site)))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        reason = "已被占用" if error.errno == errno.EADDRINUSE else "没有权限使用"
        other = port + 1 if port >= 1024 else 8000
        advice = f"换一个：--port {other}（make book 写 PORT={other}）"
        raise ValueError(f"端口 {port} {reason}；{advice}") from error


def port_number(text: str) -> int:
    if not (text.isdecimal() and int(text) <= 65535):
        raise ValueError(f"端口应是 0 到 65535 的整数，得到 {text!r}")
    return int(text)


class Help(argparse.HelpFormatter):
    def add_usage(self, usage, actions, groups, prefix="用法："):
        super().add_usage(usage, actions, groups, prefix)


class Arguments(argparse.ArgumentParser):
    """说中文的命令行；argparse 自己的话是英文。"""

    def __init__(self) -> None:
        about = "在本机提供构建好的网站，按 Ctrl+C 停止。"
        super().__init__(description=about, formatter_class=Help, add_help=False)
        add = self.add_argument_group().add_argument
        place = "网站的文件夹；不写就是这个文件所在的"
        add("site", nargs="?", type=Path, metavar="文件夹", help=place)
        add("--port", default="8000", metavar="端口", help="默认 8000")
        add("-h", "--help", action="help", help="显示这些话")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"看不懂：{shlex.join(sys.argv[1:])}\n\n{self.format_help()}")


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # 控制台没有汉字，也照样提供网站
    asked = Arguments().parse_args()
    try:
        server = open_server(asked.site or HERE, port_number(asked.port))
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    stop_on_signals()
    address = f"http://{HOST}:{server.server_port}/"
    with server:
        try:
            print(f"打开 {address} 看书，按 Ctrl+C 停止。", flush=True)
            if asked.site is None:
                webbrowser.open(address)
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def stop_on_signals() -> None:
    """Ctrl+C、终止信号、关掉终端都让服务器停下；在后台启动时 Ctrl+C 本来是被忽略的。"""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows 没有 SIGHUP
            signal.signal(getattr(signal, name), signal.default_int_handler)


if __name__ == "__main__":
    main()
