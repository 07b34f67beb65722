"""运行一章还要的文件：画图的库，图与字体，照片。读者按“运行本章”才下载。

照片只带写明了权利的；顶替 ``skimage.data`` 的是 ``book/_practice/skimage_data.py``。
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import dlbasics
from delivery.page_assets import ASSETS
from in_browser import vendoring

PHOTOGRAPHS = (
    "astronaut", "brick", "camera", "chelsea", "coffee", "coins", "grass", "gravel", "text",
)  # fmt: skip
"""随网站带着的 scikit-image 的照片：CC0、公有领域，或没有已知的版权限制。"""

LANDSCAPES = ("china.jpg", "flower.jpg")
"""scikit-learn 的照片，CC BY 2.0，署名见 ``dlbasics.datasets.PHOTOGRAPHS``。"""

PACKAGES = sorted(name.split("-")[0].replace("_", "-") for name in vendoring.DRAWING)
"""Python 起来时就装上的，除了 NumPy。"""


@cache
def served() -> dict[str, bytes]:
    """``_static/chapters`` 里的文件；取不到画图的库时一个也没有。"""
    try:
        folder = vendoring.drawing()
    except vendoring.Unavailable as error:
        print(f"各章不能在网页里运行：{error}", file=sys.stderr)
        return {}
    files = {name: (folder / name).read_bytes() for name in vendoring.DRAWING}
    files["chapters.zip"] = package()
    files["chapter.py"] = (ASSETS / "practice" / "chapter.py").read_bytes()
    return files


def package() -> bytes:
    """图与字体，进度条，照片，压成一个 zip；其余的 ``dlbasics`` 在练习页的那一个里。"""
    figures = Path(dlbasics.__file__).parent / "figures"
    tqdm, skimage, sklearn = map(installed, ("tqdm", "skimage", "sklearn"))
    stand_in = Path(__file__).parents[2] / "_practice" / "skimage_data.py"
    files = {
        f"dlbasics/figures/{path.relative_to(figures).as_posix()}": path.read_bytes()
        for path in figures.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    files |= {f"tqdm/{path.name}": path.read_bytes() for path in tqdm.glob("*.py")}
    files |= {"skimage/__init__.py": b"", "skimage/data/__init__.py": stand_in.read_bytes()}
    for name in PHOTOGRAPHS:
        files[f"skimage/data/{name}.png"] = (skimage / "data" / f"{name}.png").read_bytes()
    for name in LANDSCAPES:
        content = (sklearn / "datasets" / "images" / name).read_bytes()
        files[f"sklearn/datasets/{name}"] = content
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def installed(name: str) -> Path:
    """装着的一个包的文件夹。"""
    return Path(importlib.util.find_spec(name).origin).parent
