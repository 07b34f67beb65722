"""运行一章还要的文件：画图的库，图与字体，照片。读者按“运行本章”才下载。

照片只带写明了权利的；顶替 ``skimage.data`` 的是 ``book/_practice/skimage_data.py``。
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from email import message_from_string
from functools import cache
from importlib import metadata
from io import BytesIO
from pathlib import Path

from delivery.page_assets import ASSETS
from in_browser import vendoring

import dlbasics
from dlbasics.datasets import PHOTOGRAPHS as CREDITS

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


def licenses() -> str:
    """这里的别人的东西：库各自的许可原文，照片的署名。"""
    folder = vendoring.drawing()
    parts = [wheel_license(folder / name) for name in vendoring.DRAWING]
    tqdm = metadata.distribution("tqdm")
    (text,) = [file for file in tqdm.files or [] if file.name == "LICENCE"]
    parts.append(f"tqdm {tqdm.version}\n\n{text.read_text(encoding='utf-8')}")
    names = [*PHOTOGRAPHS, *(Path(name).stem for name in LANDSCAPES)]
    parts.append("照片\n\n" + "\n".join(f"{name}：{CREDITS[name]}" for name in names))
    font = Path(dlbasics.__file__).parent / "figures" / "fonts" / "OFL.txt"
    parts.append("图里的中文字体，裁自 Noto Sans CJK SC\n\n" + font.read_text(encoding="utf-8"))
    return "\n\n========\n\n".join(part.strip() for part in parts) + "\n"


def wheel_license(path: Path) -> str:
    """一个 wheel 的名字、版本与许可：有原文的附上原文，没有的照元数据写。"""
    with zipfile.ZipFile(path) as wheel:
        about, texts = "", []
        for name in sorted(wheel.namelist()):
            folder, _, file = name.partition("/")
            if folder.endswith(".dist-info") and file == "METADATA":
                about = wheel.read(name).decode()
            elif folder.endswith(".dist-info") and "LICENSE" in file.upper():
                texts.append(wheel.read(name).decode(errors="replace"))
    found = message_from_string(about)
    kinds = [kind for kind in found.get_all("Classifier", []) if "License" in kind]
    kind = "" if texts else f"（{found['License'] or kinds[0].split(' :: ')[-1]}）"
    return "\n\n".join([f"{found['Name']} {found['Version']}{kind}", *texts])
