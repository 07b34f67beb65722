"""``sentence`` 自己的测试：平时只跑开头，``--robust`` 全跑并列表；引文对不上就失败。"""

import pytest

SAMPLE = """
from tests.claims.sentences import sentence

@sentence("{quote}", seeds=3, pictures=("a", "b"), quick=1)
def test_sample(seed, picture, measured):
    measured(量=seed)
    assert seed < 2
"""


@pytest.fixture
def run(pytester, monkeypatch):
    def run(quote, *options):
        monkeypatch.setattr("tests.claims.sentences.prose", lambda chapter: f"{chapter}一句话。")
        pytester.makepyfile(test_sample=SAMPLE.format(quote=quote))
        return pytester.runpytest_inprocess("-p", "tests.claims.sentences", *options)

    return run


def test_only_the_first_case_runs_by_default(run):
    run("一句话。").assert_outcomes(passed=1, deselected=5)


def test_robust_runs_every_case_and_prints_the_table(run):
    result = run("一 句话。", "--robust")
    result.assert_outcomes(passed=4, failed=2)
    assert any("4/6  sample：一 句话。（量 0–2）" in line for line in result.outlines)


def test_robust_from_takes_other_seeds(run):
    result = run("一句话。", "--robust", "--robust-from", "8")
    result.assert_outcomes(failed=6)
    assert any("0/6  sample：一句话。（量 8–10）" in line for line in result.outlines)


def test_a_quote_that_is_not_in_the_chapter_fails(run):
    result = run("两句话。")
    result.assert_outcomes(errors=1, deselected=5)
    assert any("sample 里没有这句话：两句话。" in line for line in result.outlines)
