"""分工：顺序不乱，BLAS 的线程数还原，多线程与子进程里都能用。"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dlbasics.convolution import conv2d, conv2d_naive, workers

RNG = np.random.default_rng(0)
X, WEIGHT = RNG.normal(size=(2, 2, 8, 8)), RNG.normal(size=(3, 2, 3, 3))


@pytest.fixture(autouse=True)
def always_share(monkeypatch):
    monkeypatch.setattr(workers, "WORTH_SHARING", -1)
    monkeypatch.setattr(workers, "_cores", lambda: 3)


@pytest.mark.parametrize("rows", [1, 2, 7, 100])
@pytest.mark.parametrize("row_bytes", [0, 1, 1 << 18, 1 << 30])
def test_bands_cover_every_row_once_and_in_order(rows, row_bytes):
    bands = workers.by_bands(
        lambda top, bottom: range(top, bottom), rows, row_bytes=row_bytes, multiplications=1
    )
    assert [row for band in bands for row in band] == list(range(rows))
    assert all(len(band) * row_bytes <= workers.BAND_BYTES or len(band) == 1 for band in bands)


@pytest.mark.parametrize(("multiplications", "helpers"), [(9, []), (10, []), (11, [2])])
def test_only_large_work_is_shared(monkeypatch, multiplications, helpers):
    asked = []
    monkeypatch.setattr(workers, "WORTH_SHARING", 10)
    monkeypatch.setattr(workers._team, "run", lambda task, others: asked.append(others))
    workers.by_bands(range, 4, row_bytes=1, multiplications=multiplications)
    assert asked == helpers


def test_blas_uses_one_thread_meanwhile_and_is_restored():
    if workers._get_blas_threads is None:
        pytest.skip("NumPy 用的不是自带的 OpenBLAS")
    original = workers._get_blas_threads()
    workers._set_blas_threads(2)

    def work(top, bottom):
        assert workers._get_blas_threads() == 1
        raise RuntimeError("半途出错")

    with pytest.raises(RuntimeError, match="半途出错"):
        workers.by_bands(work, 4, row_bytes=1, multiplications=1)
    assert workers._get_blas_threads() == 2
    conv2d(X, WEIGHT)  # 出错之后照常能用
    assert workers._get_blas_threads() == 2
    workers._set_blas_threads(original)


def test_without_openblas_it_still_works(monkeypatch):
    monkeypatch.setattr(workers, "_get_blas_threads", None)
    monkeypatch.setattr(workers, "_set_blas_threads", None)
    np.testing.assert_allclose(conv2d(X, WEIGHT), conv2d_naive(X, WEIGHT))


def test_many_threads_at_once():
    images = [RNG.normal(size=(n, 2, 8, 8)) for n in range(1, 9)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda x: conv2d(x, WEIGHT), images))
    for x, y in zip(images, found, strict=True):
        np.testing.assert_allclose(y, conv2d_naive(x, WEIGHT), atol=1e-12)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="没有 fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_starts_its_own_threads():
    conv2d(X, WEIGHT)
    child = os.fork()
    if child == 0:
        good = np.allclose(conv2d(X, WEIGHT), conv2d_naive(X, WEIGHT))
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_scratch_is_reused_by_its_thread_only():
    first = workers.scratch("测试", (4, 5), np.float32)
    for shape, dtype in [((4, 5), np.float32), ((2, 3), np.float64)]:
        assert np.shares_memory(first, workers.scratch("测试", shape, dtype))
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(workers.scratch, "测试", (4, 5), np.float32).result()
    assert not np.shares_memory(first, other)


def test_helpers_keep_the_callers_error_settings(monkeypatch):
    """发散的网络会溢出；调用者说了不必报警，助手的线程也不报。"""
    monkeypatch.setattr(workers, "_cores", lambda: 2)
    monkeypatch.setattr(workers, "WORTH_SHARING", 0)
    huge = np.full((2, 2, 64, 64), 1e38, np.float32)
    weight = np.full((3, 2, 3, 3), 1e38, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isinf(conv2d(huge, weight)).all()
