"""一台 JupyterLab，和在它里面打开的一本笔记本。"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

READY = 60_000
"""等 JupyterLab 打开一本笔记本的毫秒数。"""

SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"autoStartDefaultKernel": True},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
}
"""不问用哪一个内核，不问要不要看新闻。"""

CONNECTED = """async () => {
  const { sessionContext } = window.jupyterapp.shell.currentWidget;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""
"""等内核接上：在那以前，运行单元的命令会落空。"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(
    python: str | Path,
    root: Path,
    home: Path,
    environment: Mapping[str, str] = os.environ,
    **more: str | Path,
) -> Iterator[str]:
    """用 ``python`` 那个环境的 JupyterLab 打开文件夹 ``root``；给出网址。``more`` 是别的选项。

    家可能写不了，也可能有个人的设置，所以用 ``home`` 代替。
    """
    port = free_port()
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "IdentityProvider.token": "",
        "ServerApp.root_dir": root,
        "LabApp.expose_app_in_browser": "True",
        **more,
    }
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    own = {name: str(home / name) for name in homes} | {"HOME": str(home)}
    overrides = home / "JUPYTER_CONFIG_DIR" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS), encoding="utf-8")
    command = [python, "-m", "jupyter", "lab", *(f"--{k}={v}" for k, v in options.items())]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env={**environment, **own}, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api/status", server, home / "log")
            yield f"http://127.0.0.1:{port}/lab"
        finally:
            server.terminate()
            server.wait(20)


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def opened(browser: Browser, address: str, path: str) -> Iterator[Page]:
    """在 JupyterLab 里打开一本笔记本；给出内核已经接上的页面。"""
    page = browser.new_context(viewport={"width": 1200, "height": 1400}).new_page()
    page.goto(f"{address}/workspaces/{Path(path).stem}/tree/{path}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=READY)
    page.evaluate(CONNECTED)
    yield page
    page.context.close()
