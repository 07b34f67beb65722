"""网站带着的安装包：同样的文件做出同样的字节，环境一页说的就是它。"""

from in_browser import package_wheel


def test_same_files_make_the_same_bytes(tmp_path):
    wheels = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        wheels.append(package_wheel.build(folder).read_bytes())
    assert wheels[0] == wheels[1]


def test_the_site_carries_it(site):
    assert (site / "_static" / package_wheel.name()).is_file()


def test_the_setup_page_names_it():
    page = package_wheel.PROJECT / "book" / "appendix" / "setup.md"
    assert f"_static/{package_wheel.name()}" in page.read_text(encoding="utf-8")
