"""机器上的 Firefox，没有窗口；用 WebDriver BiDi 说话，测试要的只有打开一页、在页里运行一段。

``make test`` 不装它（Debian 上是 ``apt-get install firefox-esr``，约 80 MB）：没有就略去它的测试。
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from websocket import WebSocket, create_connection

from tests.chromium import PATIENCE

LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def executable() -> str | None:
    """Firefox 的路径：环境变量 ``FIREFOX`` 写明的，或找得到的；都没有是 ``None``。"""
    if chosen := os.environ.get("FIREFOX"):
        return chosen
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Page:
    """一个标签页。"""

    def __init__(self, socket: WebSocket) -> None:
        self.socket, self.numbers = socket, itertools.count()
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            reply = json.loads(self.socket.recv())
            if reply.get("id") == number:
                assert reply["type"] == "success", reply
                return reply["result"]

    def goto(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, function: str, argument: Any = None) -> Any:
        """在页里运行 ``async (argument) => …``；来去的都是 JSON。"""
        run = f"async () => JSON.stringify(await ({function})({json.dumps(argument)}) ?? null)"
        answer = self.ask(
            "script.callFunction", functionDeclaration=run, awaitPromise=True,
            target={"context": self.context},
        )  # fmt: skip
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])


@contextmanager
def launched(path: str) -> Iterator[Page]:
    """打开一个自己的 Firefox：配置与家都是临时的。"""
    with TemporaryDirectory(prefix="dlbasics-firefox-", ignore_cleanup_errors=True) as home:
        profile = Path(home, "profile")
        profile.mkdir()
        command = [path, "--headless", "--no-remote", "--profile", str(profile)]
        with subprocess.Popen(
            [*command, "--remote-debugging-port", "0"],
            env=os.environ | {"HOME": home}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            try:
                found = next(filter(None, map(LISTENING.search, process.stdout)), None)
                assert found, f"{path} 没有起来"
                threading.Thread(target=process.stdout.read, daemon=True).start()  # 别让它写满
                address = f"{found[1]}/session"
                socket = create_connection(address, PATIENCE / 1000, suppress_origin=True)
                yield Page(socket)
                socket.close()
            finally:
                process.kill()
