"""机器上的 Firefox，没有窗口；没有就装一个：``python -m tests.firefox``。

用 WebDriver BiDi 说话，测试要的只有打开一页、点一处、打字、在页里运行一段。
装不上（没有 apt-get，或不是 Debian）不算错：它的测试随后略去。
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

from tests import apt
from tests.chromium import PATIENCE

APT = "apt-get update -q && apt-get install -y -q --no-install-recommends firefox-esr"
CONTROL, ENTER = "\ue009", "\ue007"
"""键盘上的两个键，WebDriver 里的写法。"""
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")

MIDDLE = """async (selector) => {
  let element;
  while (!(element = document.querySelector(selector)))
    await new Promise((go) => setTimeout(go, 50));
  element.scrollIntoView({ block: "center", behavior: "instant" });
  await new Promise(requestAnimationFrame);
  const box = element.getBoundingClientRect();
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
}"""


def executable() -> str | None:
    """Firefox 的路径：环境变量 ``FIREFOX`` 写明的，或找得到的；都没有是 ``None``。"""
    if chosen := os.environ.get("FIREFOX"):
        return chosen
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Page:
    """一个新开的标签页：Firefox 起来时的那一页没有焦点，点进编辑框也收不到 focus。"""

    def __init__(self, socket: WebSocket) -> None:
        self.socket, self.numbers = socket, itertools.count()
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.create", type="tab")["context"]

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

    def click(self, selector: str) -> None:
        """等选中的元素出现，滚到第一个，用鼠标按它的中间。"""
        x, y = self.evaluate(MIDDLE, selector)
        press = [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.act("pointer", [{"type": "pointerMove", "x": x, "y": y}, *press])

    def type(self, text: str) -> None:
        """一个键一个键地打。"""
        kinds = "keyDown", "keyUp"
        self.act("key", [{"type": kind, "value": key} for key in text for kind in kinds])

    def with_control(self, key: str) -> None:
        """按着 Ctrl 再按一个键。"""
        keys = ("keyDown", CONTROL), ("keyDown", key), ("keyUp", key), ("keyUp", CONTROL)
        self.act("key", [{"type": kind, "value": value} for kind, value in keys])

    def act(self, device: str, actions: list[dict[str, Any]]) -> None:
        sources = [{"type": device, "id": device, "actions": actions}]
        self.ask("input.performActions", context=self.context, actions=sources)

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


def main() -> None:
    """没有 Firefox，又能用 apt-get，就装上；装不上也不算错。"""
    if not executable() and (command := apt.command(APT)):
        print("练习页的测试也要用 Firefox，正在安装（约 80 MB）", flush=True)
        apt.succeeds(command)


if __name__ == "__main__":
    main()
