"""自动运行的两份工作流：写得对，跑的是项目里有的命令，全绿以后才发布网站。"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
GITHUB = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
PUBLISH = ("publish", "notebooks")
PYTHONS = ["3.11", "3.12", "3.13"]
BINDER = (ROOT / ".binder/runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")


def steps(job):
    return GITHUB["jobs"][job]["steps"]


def commands():
    """两份工作流运行的每一行命令。"""
    github = [step.get("run", "") for job in GITHUB["jobs"] for step in steps(job)]
    gitlab = [line for job in GITLAB.values() for line in job.get("script", [])]
    return "\n".join(github + gitlab).splitlines()


def test_every_make_target_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = [word for line in commands() if line.startswith("make ") for word in line.split()[1:]]
    assert set(asked) == {"binder", "epub", "pdf", "test", "zip"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in asked)


def test_every_python_is_tested_and_binder_uses_its_own():
    assert GITHUB["jobs"]["test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert GITLAB["test"]["parallel"]["matrix"] == [{"VERSION": PYTHONS}]
    for image in (GITHUB["jobs"]["binder"]["container"], GITLAB["binder"]["image"]):
        assert image == f"python:{BINDER}-slim-bookworm"


@pytest.mark.parametrize("job", PUBLISH)
def test_github_publishes_main_only_after_green_tests(job):
    assert GITHUB["jobs"][job]["needs"] == "test"
    assert GITHUB["jobs"][job]["if"] == "github.ref == 'refs/heads/main'"


def test_gitlab_publishes_the_default_branch_only_after_green_tests():
    assert GITLAB["pages"]["needs"] == [{"job": "test", "artifacts": True}]
    assert GITLAB["pages"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert GITLAB["pages"]["artifacts"]["paths"] == ["public"]


def test_only_the_jobs_that_publish_may_write():
    assert GITHUB["permissions"] == {"contents": "read"}
    allowed = {job: body.get("permissions", {}) for job, body in GITHUB["jobs"].items()}
    writing = {job: given for job, given in allowed.items() if "write" in given.values()}
    assert writing == {
        "publish": {"pages": "write", "id-token": "write"},
        "notebooks": {"contents": "write"},
    }


def test_what_is_published_was_uploaded():
    """每份上传只在一个版本的 Python 里做一次；取的名字就是传的名字。"""
    uploads = {
        step["uses"].split("@")[0]: step
        for step in steps("test")
        if "upload" in step.get("uses", "") and "main" in step.get("if", "")
    }
    assert uploads["actions/upload-pages-artifact"]["with"]["path"] == "_build/html"
    named = uploads["actions/upload-artifact"]["with"]["name"]
    assert steps("notebooks")[0]["with"]["name"] == named
    for step in uploads.values():
        assert step["if"] == "matrix.python == '3.12' && github.ref == 'refs/heads/main'"


def test_the_published_site_knows_its_address():
    """两家都由自己的 Pages 说网址，不由仓库的名字去猜；说不出来，照样构建。"""
    asked = next(step for step in steps("test") if step.get("id") == "pages")
    assert asked["uses"].startswith("actions/configure-pages@") and asked["continue-on-error"]
    tell = 'echo "BOOK_URL=${{ steps.pages.outputs.base_url }}" >> "$GITHUB_ENV"'
    order = [step.get("run") or step.get("id") for step in steps("test")]
    assert order.index("pages") < order.index(tell) < order.index("make test")
    assert GITLAB["test"]["variables"] == {"BOOK_URL": "$CI_PAGES_URL"}
