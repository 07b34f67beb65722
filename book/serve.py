"""在本机提供构建好的网站：``python book/serve.py _build/html --port 8000``。"""

from __future__ import annotations

import errno
import os
import signal
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

HOST = "127.0.0.1"
CONTEXT = {"help_option_names": ["-h", "--help"]}


class Handler(SimpleHTTPRequestHandler):
    """静态文件；不在终端里逐条记录请求，也不让浏览器留着旧页面。"""

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
        raise ValueError(f"端口 {port} {reason}；换一个：make book PORT={other}") from error


@click.command(context_settings=CONTEXT, help="在本机提供构建好的网站 SITE，按 Ctrl+C 停止。")
@click.argument("site", type=click.Path(path_type=Path))
@click.option("--port", default=8000, type=click.IntRange(0, 65535), help="端口，默认 8000。")
def main(site: Path, port: int) -> None:
    try:
        server = open_server(site, port)
    except ValueError as error:
        click.echo(error, err=True)
        sys.exit(2)
    stop_on_signals()
    with server:
        click.echo(f"打开 http://{HOST}:{server.server_port}/ 看书，按 Ctrl+C 停止。")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()


def stop_on_signals() -> None:
    """Ctrl+C、终止信号、关掉终端都让服务器停下；在后台启动时 Ctrl+C 本来是被忽略的。"""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows 没有 SIGHUP
            signal.signal(getattr(signal, name), signal.default_int_handler)


if __name__ == "__main__":
    main()
