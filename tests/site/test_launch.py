"""“在别处运行”：由仓库得出各家的网址与云端的一份；没有公开的仓库，什么也不多。"""

import re

import nbformat
import pytest
import yaml
from nbformat import v4

from delivery import launch
from delivery.launch import hosts, prepared
from delivery.repository import parse
from dlbasics.teaching.notebooks import METADATA
from in_browser.downloads import portable
from tests import small_book
from tests.site.conftest import ROOT

NOTEBOOK = "book/descent/momentum.ipynb"
LABPATH = "main?labpath=book%2Fdescent%2Fmomentum.ipynb"
BINDER = {
    "https://github.com/someone/dl-book": f"gh/someone/dl-book/{LABPATH}",
    "https://gitlab.com/a/b/c": f"gl/a%2Fb%2Fc/{LABPATH}",
    "https://gitlab.edu.cn/a/b": f"git/https%3A%2F%2Fgitlab.edu.cn%2Fa%2Fb/{LABPATH}",
    "https://gitee.com/a/b": f"git/https%3A%2F%2Fgitee.com%2Fa%2Fb/{LABPATH}",
    "https://git.edu.cn:8443/a": f"git/https%3A%2F%2Fgit.edu.cn%3A8443%2Fa/{LABPATH}",
}


@pytest.mark.parametrize("remote", BINDER)
def test_binder_opens_the_chapter_from_any_host(remote):
    assert hosts(parse(remote), NOTEBOOK)["Binder"] == f"https://mybinder.org/v2/{BINDER[remote]}"


def test_colab_opens_only_github_and_there_the_prepared_copy():
    having = {remote: hosts(parse(remote), NOTEBOOK).get("Colab") for remote in BINDER}
    assert having == dict.fromkeys(BINDER) | {
        "https://github.com/someone/dl-book": "https://colab.research.google.com/github/"
        f"someone/dl-book/blob/notebooks/{NOTEBOOK}"
    }


def test_the_copies_are_published_where_colab_looks():
    """工作流把网站的 ``cloud/`` 整个放上 ``notebooks`` 分支。"""
    text = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["jobs"]["notebooks"]["steps"]
    script = "\n".join(step.get("run", "") for step in steps)
    assert f"HEAD:refs/heads/{launch.COPIES_BRANCH}" in script
    assert f"path: _build/html/{launch.COPIES}\n" in text


def test_the_first_cell_of_a_copy_installs_the_package():
    book = v4.new_notebook(
        cells=[v4.new_markdown_cell("# 章"), v4.new_code_cell("import dlbasics")]
    )
    copy = prepared(portable(book, plain=True), parse("https://a:SECRET@gitee.com/a/b.git"))
    nbformat.validate(copy)
    assert [cell.source for cell in copy.cells] == [
        '%pip install -q "dlbasics @ git+https://gitee.com/a/b@main"',
        "# 章",
        "import dlbasics",
    ]


@pytest.fixture
def build(tmp_path):
    """带主题与书的模板的小书：一本笔记本，一页文字。"""

    def run(remote):
        chapter = v4.new_notebook(
            cells=[v4.new_markdown_cell("# 章"), v4.new_code_cell("1 + 1")],
            metadata=METADATA,
        )
        files = {
            "index.md": "# 封面\n\n```{toctree}\nchapter\nbook/appendix/setup\n```",
            "book/appendix/setup.md": "# 环境",
            "chapter.ipynb": nbformat.writes(chapter),
        }
        return small_book.build(
            tmp_path,
            files,
            "delivery.launch",
            "pages.page_footer",
            repository=parse(remote),
            html_theme="sphinx_book_theme",
            html_theme_options={
                "article_header_end": ["article-header-buttons.html"],
                "footer_content_items": ["book-footer.html"],
            },
            templates_path=[str(ROOT / "book/_templates")],
        )

    return run


FOOTER = re.compile(r'<p class="book-footer">.*?</p>', re.DOTALL)


def words(html):
    """页面里的词；文件的版本号与页脚不算。"""
    return FOOTER.sub("", re.sub(r"\?v=\w+", "", html)).split()


def test_only_notebooks_of_a_public_repository_get_the_menu(build, tmp_path):
    plain = build("file:///srv/git/dl-book")
    assert not plain.warnings
    alone = plain.page("chapter")
    assert "launch-menu" not in alone and "mybinder" not in alone
    assert not (plain.html / "cloud").exists()

    public = build("git@github.com:someone/dl-book.git")  # 换了远程，旧的网页也重写
    page = public.page("chapter")
    menu = re.search(r'<div class="dropdown launch-menu">.*?</ul>\s*</div>', page, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', menu) == [
        "https://mybinder.org/v2/gh/someone/dl-book/main?labpath=chapter.ipynb",
        "https://colab.research.google.com/github/someone/dl-book/blob/notebooks/chapter.ipynb",
        "cloud/chapter.ipynb",
        "https://modelscope.cn/my/mynotebook",
        "https://aistudio.baidu.com/",
        "book/appendix/setup.html#cloud",
    ]
    assert words(page.replace(menu, "")) == words(alone)
    assert "launch-menu" not in public.page("index")
    copy = nbformat.read(public.html / "cloud/chapter.ipynb", as_version=4)
    assert copy.cells[0].source.startswith("%pip install")

    again = build("")  # 远程没有了
    assert words(again.page("chapter")) == words(alone)
    assert not (again.html / "cloud").exists()


def test_every_page_can_be_mended_and_reported_where_the_repository_is_public(build):
    assert "修改" not in FOOTER.search(build("file:///srv/git/dl-book").page("chapter"))[0]
    page = build("https://a:SECRET@gitee.com/someone/dl-book.git").page("book/appendix/setup")
    assert re.findall(r'href="(https://gitee[^"]+)"', FOOTER.search(page)[0]) == [
        "https://gitee.com/someone/dl-book/edit/main/book/appendix/setup.md",
        "https://gitee.com/someone/dl-book/issues/new",
    ]
    assert "SECRET" not in page
