"""仓库的地址：由远程得出，认得几家网站，令牌不外传，读者打不开的当作没有。"""

import subprocess
from urllib.parse import urlsplit

import pytest

from delivery import repository
from delivery.repository import Repository, parse, remote_of

GITHUB = Repository("https://github.com/someone/dl-book", "github")
GITLAB = Repository("https://gitlab.com/school/2026/dl-book", "gitlab")
GITEE = Repository("https://gitee.com/someone/dl-book", "gitee")

REMOTES = {
    "https://github.com/someone/dl-book.git": GITHUB,
    "https://github.com/someone/dl-book": GITHUB,
    "https://github.com/someone/dl-book/": GITHUB,
    "https://GitHub.com/someone/dl-book.git": GITHUB,
    "https://github.com:443/someone/dl-book.git": GITHUB,
    "git@github.com:someone/dl-book.git": GITHUB,
    "github.com:someone/dl-book": GITHUB,
    "git@GITHUB.com:someone/dl-book.git": GITHUB,
    "ssh://git@github.com/someone/dl-book.git": GITHUB,
    "ssh://git@github.com:22/someone/dl-book.git": GITHUB,
    "ssh://git@ssh.github.com:443/someone/dl-book.git": GITHUB,
    "git+ssh://git@github.com/someone/dl-book.git": GITHUB,
    "git://github.com/someone/dl-book.git": GITHUB,
    "git@gitlab.com:school/2026/dl-book.git": GITLAB,
    "ssh://git@altssh.gitlab.com:443/school/2026/dl-book.git": GITLAB,
    "https://jihulab.com/a/b.git": Repository("https://jihulab.com/a/b", "gitlab"),
    "https://gitlab.tsinghua.edu.cn:8443/a/b/c.git": Repository(
        "https://gitlab.tsinghua.edu.cn:8443/a/b/c", "gitlab"
    ),
    "https://gitee.com/someone/dl-book.git": GITEE,
    "git@gitee.com:someone/dl-book.git": GITEE,
    "https://git.sr.ht/~someone/dl-book": Repository("https://git.sr.ht/~someone/dl-book", ""),
    "http://git.edu.cn:3000/a/b.git": Repository("http://git.edu.cn:3000/a/b", ""),
    "ssh://git@git.edu.cn:2222/a/b.git": Repository("https://git.edu.cn/a/b", ""),
}
NOT_PUBLIC = [
    "",
    "/srv/git/dl-book.git",
    "../dl-book",
    "./dl-book",
    "file:///srv/git/dl-book.git",
    "C:\\books\\dl-book",
    "C:/books/dl-book",
    "work:someone/dl-book.git",  # ~/.ssh/config 里的别名
    "http://localhost:3000/a/b.git",
    "https://git.localhost/a/b.git",
    "https://127.0.0.1/a/b.git",
    "https://8.8.8.8/a/b.git",
    "ssh://git@10.0.0.8:2222/a/b.git",
    "git@192.168.1.2:a/b.git",
    "https://[::1]/a/b.git",
    "https://gitea/a/b.git",
    "https://git.school.lan/a/b.git",
    "https://gitlab.school.internal/a/b.git",
    "https://git.book.example/a/b.git",
    "https://github.com/someone",
    "https://github.com/someone/dl-book/tree/main",
    "https://github.com/someone/../dl-book",
    "https://github.com/someone/<script>",
    "https://github.com/some one/dl-book",
    "https://github.com:port/someone/dl-book",
    "https://-github.com/someone/dl-book",
    "javascript:alert(1)",
    "s3://github.com/someone/dl-book",
]


@pytest.mark.parametrize("remote", REMOTES)
def test_remotes_of_the_known_hosts(remote):
    assert parse(remote) == REMOTES[remote]


@pytest.mark.parametrize("remote", NOT_PUBLIC)
def test_what_readers_cannot_open_is_no_repository(remote):
    assert parse(remote) is None


@pytest.mark.parametrize(
    "kept", ["user:SECRET", "SECRET", "oauth2:SECRET", "a%40b:SECRET", "x@SECRET"]
)
@pytest.mark.parametrize(
    "rest", ["github.com/a/b.git", "gitlab.com/a/b", "git.edu.cn:3000/a/b.git"]
)
@pytest.mark.parametrize("scheme", ["https", "http", "ssh"])
def test_credentials_are_never_published(scheme, kept, rest):
    book = parse(f"{scheme}://{kept}@{rest}?private_token=SECRET#SECRET")
    published = [book.address, book.path, book.edit("index.md"), book.new_issue("x")]
    assert urlsplit(book.address).hostname == rest.split("/")[0].split(":")[0]
    assert not any("SECRET" in url or "@" in url for url in published)


def test_pages_of_each_host():
    file, title = "book/图 1.md", "错字 & 别字"
    quoted = "book/%E5%9B%BE%201.md"
    asked = "%E9%94%99%E5%AD%97%20%26%20%E5%88%AB%E5%AD%97"
    pages = {
        book.kind: (book.edit(file), book.new_issue(title)) for book in (GITHUB, GITLAB, GITEE)
    }
    assert pages == {
        "github": (
            f"{GITHUB.address}/edit/main/{quoted}",
            f"{GITHUB.address}/issues/new?title={asked}",
        ),
        "gitlab": (
            f"{GITLAB.address}/-/edit/main/{quoted}",
            f"{GITLAB.address}/-/issues/new?issue%5Btitle%5D={asked}",
        ),
        "gitee": (f"{GITEE.address}/edit/main/{quoted}", f"{GITEE.address}/issues/new"),
    }
    assert GITLAB.path == "school/2026/dl-book"
    unknown = parse("https://git.edu.cn/a/b")
    assert unknown.edit(file) == unknown.new_issue(title) == ""


class TestRemoteOfAFolder:
    @pytest.fixture(autouse=True)
    def no_settings(self, monkeypatch, tmp_path):
        """个人的 git 设置不算。"""
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))

    def git(self, folder, *arguments):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)

    def test_origin(self, tmp_path):
        assert remote_of(tmp_path) == ""
        self.git(tmp_path, "init")
        assert remote_of(tmp_path) == ""
        self.git(tmp_path, "remote", "add", "origin", "git@github.com:someone/dl-book.git")
        assert parse(remote_of(tmp_path)) == GITHUB

    def test_a_repository_around_the_book_is_not_its_own(self, tmp_path):
        self.git(tmp_path, "init")
        self.git(tmp_path, "remote", "add", "origin", "git@github.com:someone/home.git")
        (tmp_path / "book").mkdir()
        assert remote_of(tmp_path / "book") == ""

    def test_rewritten_addresses_stay_private(self, tmp_path, monkeypatch):
        """url.insteadOf 换成的镜像与令牌不算，只算仓库自己写的。"""
        settings = tmp_path / "settings"
        settings.write_text(
            '[url "https://SECRET@mirror.edu.cn/"]\n\tinsteadOf = https://github.com/\n'
        )
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        self.git(tmp_path, "init")
        self.git(tmp_path, "remote", "add", "origin", "https://github.com/someone/dl-book")
        assert remote_of(tmp_path) == "https://github.com/someone/dl-book"

    def test_without_git(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", "")
        assert remote_of(tmp_path) == ""


def test_this_book_asks_its_own_folder():
    assert (repository.PROJECT / "_toc.yml").is_file()
    assert repository.of_this_book() == parse(remote_of(repository.PROJECT))
