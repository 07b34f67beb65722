"""快速卷积报出的草稿大小与乘法次数是真的：一条带才留得在缓存里，小卷积才不分工。"""

import numpy as np
import pytest

from dlbasics.convolution import conv2d, conv2d_backward, fast, rows, unfolding, winograd, workers

RNG = np.random.default_rng(0)


@pytest.fixture
def shares(monkeypatch):
    """不分带；逐次记下分工时报的数，以及各张草稿纸真正用到的字节数。"""
    calls = []
    by_bands, scratch = workers.by_bands, workers.scratch

    def recorded_by_bands(work, count, **reported):
        calls.append({"rows": count, "papers": {}, **reported})
        return by_bands(work, count, **reported)

    def recorded_scratch(name, shape, dtype):
        paper, papers = scratch(name, shape, dtype), calls[-1]["papers"]
        papers[name] = max(paper.nbytes, papers.get(name, 0))
        return paper

    for module in (unfolding, winograd):
        monkeypatch.setattr(module, "by_bands", recorded_by_bands)
    for module in (unfolding, winograd, rows):
        monkeypatch.setattr(module, "scratch", recorded_scratch)
    monkeypatch.setattr(workers, "WORTH_SHARING", np.inf)
    monkeypatch.setattr(workers, "BAND_BYTES", 1 << 40)
    return calls


def memory(view):
    """视图背后整块内存的字节数。"""
    while view.base is not None:
        view = view.base
    return view.nbytes


def test_unfolding(shares):
    x, weight = RNG.normal(size=(100, 3, 95, 15)), RNG.normal(size=(5, 3, 4, 2))
    how, products = {"stride": (3, 2), "padding": (1, 3)}, 100 * (5 * 32 * 10) * (3 * 4 * 2)
    y = conv2d(x, weight, **how)
    grad_x, _, _ = conv2d_backward(np.ones_like(y), x, weight, **how)
    forward, lines, for_weight, for_x = shares
    for call in (forward, for_weight):
        assert call["multiplications"] == products
        assert call["rows"] * call["row_bytes"] == pytest.approx(call["papers"]["lines"], rel=0.05)
        padded = (31 * 3 + 4) * 3 * (3 + 15 + 3) * 100  # 32 个窗口经过的行，左右各 3 列 0
        assert call["papers"]["padded"] == padded * x.itemsize
    assert lines["rows"] == 1 + 32 + 1  # 上下各一行 0
    assert lines["row_bytes"] * 32 == y.nbytes
    assert for_x["multiplications"] == products * 34 // 32  # 那两行 0 也要乘
    assert for_x["rows"] * for_x["row_bytes"] == memory(grad_x) + for_x["papers"]["lines"]


def test_winograd(shares, monkeypatch):
    monkeypatch.setattr(fast, "MANY_CHANNELS", 16 * 16)
    x, weight = RNG.normal(size=(20, 16, 60, 42)), RNG.normal(size=(16, 16, 3, 3))
    y = conv2d(x, weight)
    grad_x, _, _ = conv2d_backward(y, x, weight)
    forward, _, for_weight, for_x = shares
    assert forward["multiplications"] == y.size * 16 * 3 * 3
    used = sum(forward["papers"].values())
    assert forward["rows"] * forward["row_bytes"] == pytest.approx(used, rel=0.15)
    assert memory(grad_x) == x.nbytes  # 宽 42 恰好是 10 块输出用到的输入，一列也不多占
    for call, height in [(for_weight, 58), (for_x, 60)]:
        products = 6 * (16 * 3 * 16) * height * (10 * 20)  # 每块六次矩阵乘法
        assert products / 4 < call["multiplications"] <= products
