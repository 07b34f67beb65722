"""Lighthouse 的报告怎样读成一行：不运行它，只看读法与目标。"""

from tools.speed import Speed, middle

AUDITS = {"total-blocking-time": 120, "largest-contentful-paint": 2000, "dom-size": 5000}


def report(performance=0.97, seo=1, **audits):
    scores = {"performance": performance, "accessibility": 1, "best-practices": 1, "seo": seo}
    audits = AUDITS | {name.replace("_", "-"): value for name, value in audits.items()}
    return {
        "categories": {name: {"score": score} for name, score in scores.items()},
        "audits": {name: {"numericValue": value} for name, value in audits.items()},
    }


def test_a_report_becomes_a_row():
    speed = Speed.of(report())
    assert speed == (97, 100, 100, 100, 120, 2000, 5000) and speed.good
    assert speed.row() == "达到\t97\t100\t100\t100\t120\t2000\t5000"


def test_each_goal_counts():
    for worse in (
        report(performance=0.89),
        report(seo=0.99),
        report(total_blocking_time=201),
        report(largest_contentful_paint=2501),
        report(dom_size=6001),
    ):
        assert not Speed.of(worse).good


def test_one_slow_run_of_three_does_not_decide():
    slow = Speed.of(report(performance=0.5, total_blocking_time=900))
    assert middle([Speed.of(report()), slow, Speed.of(report())]) == Speed.of(report())
