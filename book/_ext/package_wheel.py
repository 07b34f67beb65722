"""网站带着 ``dlbasics`` 的安装包：下载了一本笔记本的人，从它来的网站就能装上。

纯 Python 的 wheel 不过是一个 zip。它由装着的这一份的元数据与项目里的文件压成，
同样的文件压出来的每个字节都一样。
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path

from sphinx.application import Sphinx

import dlbasics

PACKAGE = Path(dlbasics.__file__).parent
SHIPPED = {".py", ".js", ".css", ".otf", ".txt", ".typed"}
"""装进去的文件：与 ``pyproject.toml`` 的 package-data 相同。"""

WHEEL = "Wheel-Version: 1.0\nGenerator: dlbasics\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def name() -> str:
    """安装包的文件名。"""
    return f"dlbasics-{distribution('dlbasics').version}-py3-none-any.whl"


def metadata() -> str:
    """包的元数据；装好的叫 METADATA，项目里的 egg-info 叫 PKG-INFO。"""
    found = distribution("dlbasics")
    return found.read_text("METADATA") or found.read_text("PKG-INFO") or ""


def content() -> bytes:
    """安装包的内容。"""
    info = f"dlbasics-{distribution('dlbasics').version}.dist-info"
    files = {
        f"dlbasics/{path.relative_to(PACKAGE).as_posix()}": path.read_bytes()
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in SHIPPED and "__pycache__" not in path.parts
    }
    files |= {f"{info}/METADATA": metadata().encode(), f"{info}/WHEEL": WHEEL.encode()}
    rows = [f"{path},sha256={digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def digest(data: bytes) -> str:
    """RECORD 里的写法：SHA-256，URL 安全的 base64，去掉末尾的等号。"""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def write_wheel(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        Path(app.outdir, "_static", name()).write_bytes(content())


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write_wheel, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
