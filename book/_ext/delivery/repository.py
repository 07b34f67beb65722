"""这本书的仓库在网上的地址：由 git 的远程 ``origin`` 得出；没有公开的远程，就没有。

远程的写法有好几种（https、ssh、``git@主机:路径``），里面可能有用户名和令牌。得出的只有网页的地址：
令牌从不进入网页；本机的路径、内网的主机，读者打不开，当作没有。

Examples
--------
>>> book = parse("https://user:token@github.com/someone/dl-book.git")
>>> book.address
'https://github.com/someone/dl-book'
>>> book.edit("book/index.md")
'https://github.com/someone/dl-book/edit/main/book/index.md'
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PROJECT = Path(__file__).parents[3]

BRANCH = "main"
"""改动与发布都在这一支上。"""

KINDS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "jihulab.com": "gitlab",
    "gitee.com": "gitee",
}
DETOURS = {"ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
"""走 443 端口的 ssh 主机，和它们的网站。"""

WEB = {"https": "https", "http": "http", "ssh": "https", "git+ssh": "https", "git": "https"}
"""远程的协议，和它的网页用的协议。"""

SHORT = re.compile(r"(?:[^@/:]+@)?([\w.-]+):(?!//)(.+)")
NAME = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
INSIDE = {
    "localhost", "localdomain", "local", "lan", "home", "internal", "intranet", "private", "corp",
    "arpa", "test", "example", "invalid", "onion",
}  # fmt: skip
"""公开的网站不会用的最末一级域名。"""

STEP = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*")


@dataclass(frozen=True)
class Repository:
    """一个公开的仓库。

    Parameters
    ----------
    address : str
        仓库首页的网址：没有用户名和令牌，末尾没有斜线。
    kind : str
        网站的种类：``"github"``、``"gitlab"`` 或 ``"gitee"``；不认得是空字符串。
    """

    address: str
    kind: str

    @property
    def path(self) -> str:
        """仓库在网站上的路径，如 ``someone/dl-book``。"""
        return urlsplit(self.address).path.strip("/")

    def edit(self, file: str) -> str:
        """修改一个文件的网址，``file`` 从项目的目录算起；不认得的网站是空字符串。"""
        middle = {"github": "edit", "gitlab": "-/edit", "gitee": "edit"}.get(self.kind)
        return f"{self.address}/{middle}/{BRANCH}/{quote(file)}" if middle else ""

    def new_issue(self, title: str) -> str:
        """提一个问题的网址，标题先填好（Gitee 不能先填）；不认得的网站是空字符串。"""
        page = {
            "github": f"issues/new?title={quote(title, safe='')}",
            "gitlab": f"-/issues/new?issue%5Btitle%5D={quote(title, safe='')}",
            "gitee": "issues/new",
        }.get(self.kind)
        return f"{self.address}/{page}" if page else ""


def parse(remote: str) -> Repository | None:
    """由一个 git 远程的地址得出仓库；不是公开的网站、看不懂，都返回 None。

    Examples
    --------
    >>> parse("git@gitee.com:someone/dl-book.git")
    Repository(address='https://gitee.com/someone/dl-book', kind='gitee')
    >>> parse("/srv/git/dl-book.git") is parse("http://localhost:3000/a/b") is None
    True
    """
    if "://" not in remote and (short := SHORT.fullmatch(remote)):
        remote = f"ssh://{short[1]}/{short[2]}"
    try:
        parts = urlsplit(remote)
        port = parts.port
    except ValueError:  # 端口不是数
        return None
    host = DETOURS.get(parts.hostname or "", parts.hostname or "")
    steps = parts.path.strip("/").removesuffix(".git").split("/")
    if parts.scheme not in WEB or not is_public(host) or not all(map(STEP.fullmatch, steps)):
        return None
    kind = KINDS.get(host, "gitlab" if host.startswith("gitlab.") else "")
    if kind and (len(steps) < 2 or (kind != "gitlab" and len(steps) > 2)):
        return None
    has_port = port and parts.scheme in {"https", "http"} and host not in KINDS
    place = f"{host}:{port}" if has_port else host
    return Repository(f"{WEB[parts.scheme]}://{place}/{'/'.join(steps)}", kind)


def is_public(host: str) -> bool:
    """``host``（小写）像不像公开的网站：有域名，不是 IP 地址，也不是只在内网里用的名字。"""
    return bool(NAME.fullmatch(host)) and host.rpartition(".")[2] not in INSIDE


def remote_of(folder: Path) -> str:
    """``folder`` 这个 git 仓库的 ``origin``，照它自己写的；没有，或不是仓库的顶层，是空字符串。"""

    def ask(*question: str) -> str | None:
        try:
            told = subprocess.run(
                ["git", *question], cwd=folder, capture_output=True, encoding="utf-8", check=False
            )
        except OSError:
            return None
        return told.stdout.strip() if told.returncode == 0 else None

    if ask("rev-parse", "--show-cdup") != "":
        return ""
    return ask("config", "--local", "--get", "remote.origin.url") or ""


@cache
def of_this_book() -> Repository | None:
    """这本书的仓库；没有公开的远程时返回 None。"""
    return parse(remote_of(PROJECT))


def setup(app: Sphinx) -> dict[str, bool]:
    kinds = (Repository, type(None))
    app.add_config_value("repository", lambda config: of_this_book(), "html", kinds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
