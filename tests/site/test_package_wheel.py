"""网站带着的安装包：同样的文件做出同样的字节，环境一页说的就是它。"""

import shutil

from in_browser import package_wheel


def test_same_files_make_the_same_bytes(tmp_path, monkeypatch):
    """文件的权限不算：从压缩包里解出的与克隆的，权限不一样。"""
    (tmp_path / "one").mkdir()
    one = package_wheel.build(tmp_path / "one").read_bytes()
    copied = tmp_path / "copied"
    for needed in package_wheel.NEEDED:
        source = package_wheel.PROJECT / needed
        copy = shutil.copytree if source.is_dir() else shutil.copy
        (copied / needed).parent.mkdir(exist_ok=True)
        copy(source, copied / needed)
    for path in copied.rglob("*"):
        if path.is_file():
            path.chmod(0o664)
    monkeypatch.setattr(package_wheel, "PROJECT", copied)
    (tmp_path / "other").mkdir()
    assert package_wheel.build(tmp_path / "other").read_bytes() == one


def test_the_site_carries_it(site):
    assert (site / "_static" / package_wheel.name()).is_file()


def test_the_setup_page_names_it():
    page = package_wheel.PROJECT / "book" / "appendix" / "setup.md"
    assert f"_static/{package_wheel.name()}" in page.read_text(encoding="utf-8")
