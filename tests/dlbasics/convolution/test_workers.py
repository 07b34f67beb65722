"""分工：顺序不乱，结果与核数无关，BLAS 的线程数还原，多线程、子进程、没有线程时都能用。"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from dlbasics.convolution import conv2d, conv2d_backward, conv2d_naive, workers

RNG = np.random.default_rng(0)
X, WEIGHT = RNG.normal(size=(2, 2, 8, 8)), RNG.normal(size=(3, 2, 3, 3))


@pytest.fixture(autouse=True)
def always_share(monkeypatch):
    monkeypatch.setattr(workers, "WORTH_SHARING", -1)
    monkeypatch.setattr(workers, "_cores", lambda: 3)
    with threadpool_limits(3, "blas"):
        yield


def blas_threads():
    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    return {library.num_threads for library in libraries}


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
    before = blas_threads()

    def work(top, bottom):
        assert blas_threads() <= {1}
        raise RuntimeError("半途出错")

    for _ in range(2):  # 出错之后照常能用
        with pytest.raises(RuntimeError, match="半途出错"):
            workers.by_bands(work, 4, row_bytes=1, multiplications=1)
        assert blas_threads() == before
    conv2d(X, WEIGHT)
    assert blas_threads() == before


def test_blas_is_held_in_any_thread_and_restored_by_the_last_to_leave():
    before = blas_threads()
    arrived, alone = Event(), Event()

    def stay():
        with workers._blas:
            arrived.set()
            alone.wait()
            return blas_threads()

    with ThreadPoolExecutor(1) as pool:
        with workers._blas:
            other = pool.submit(stay)
            arrived.wait()
        alone.set()
        assert other.result() <= {1}
        assert blas_threads() == before
        assert pool.submit(stay).result() <= {1}
    assert blas_threads() == before


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_no_more_threads_than_blas_was_allowed(monkeypatch, threads):
    asked = []
    monkeypatch.setattr(workers._team, "run", lambda task, others: asked.append(others))
    with threadpool_limits(threads, "blas"):
        if blas_threads() != {threads}:
            pytest.skip("没有能按住的 BLAS")
        workers.by_bands(range, 4, row_bytes=1, multiplications=1)
    assert asked == [threads - 1] * (threads > 1)


def test_without_a_known_blas_it_still_works(monkeypatch):
    monkeypatch.setattr(workers, "_blas", workers._Blas([]))
    np.testing.assert_allclose(conv2d(X, WEIGHT), conv2d_naive(X, WEIGHT))


def gradients():
    """大到值得分工的一次卷积，两种做法各一次：输出与三个梯度。"""
    rng = np.random.default_rng(1)
    for channels, filters, kernel in ((3, 8, 5), (16, 16, 3)):
        x = rng.normal(size=(2, channels, 45, 45)).astype(np.float32)
        weight = rng.normal(size=(filters, channels, kernel, kernel)).astype(np.float32)
        y = conv2d(x, weight)
        yield y
        yield from conv2d_backward(np.sin(y), x, weight)


def test_results_do_not_depend_on_the_number_of_cores(monkeypatch):
    alone = None
    for cores in (1, 2, 3, 4, 7):
        monkeypatch.setattr(workers, "_cores", lambda cores=cores: cores)
        with threadpool_limits(cores, "blas"):
            found = list(gradients())
        alone = found if alone is None else alone
        for a, b in zip(found, alone, strict=True):
            np.testing.assert_array_equal(a, b)


def test_when_no_thread_can_be_started_the_caller_does_it_all(monkeypatch):
    def refuse(*_):
        raise RuntimeError("can't start new thread")

    expected = conv2d(X, WEIGHT)
    monkeypatch.setattr(workers, "_team", workers._Team())
    monkeypatch.setattr("threading.Thread.start", refuse)
    for _ in range(2):
        np.testing.assert_array_equal(conv2d(X, WEIGHT), expected)


def test_a_browser_has_one_core():
    code = "import sys; sys.platform = 'emscripten'; from dlbasics.convolution import workers; "
    code += "print(workers._cores())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout.split() == [b"1"]


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
        workers.give_back("测试")
        assert np.shares_memory(first, workers.scratch("测试", shape, dtype))
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(workers.scratch, "测试", (4, 5), np.float32).result()
    assert not np.shares_memory(first, other)
    workers.give_back("测试")


def test_one_name_cannot_be_used_twice_at_once():
    def greedy(top, bottom):
        workers.scratch("纸", (3,), np.float32)
        workers.scratch("纸", (3,), np.float32)

    with pytest.raises(RuntimeError, match="'纸' 还在用"):
        workers.by_bands(greedy, 4, row_bytes=1, multiplications=1)
    for _ in range(2):  # 下一条带从头算起
        workers.by_bands(
            lambda top, bottom: workers.scratch("纸", (3,), np.float32),
            4, row_bytes=1, multiplications=1,
        )  # fmt: skip


def test_helpers_keep_the_callers_error_settings():
    """发散的网络会溢出；调用者说了不必报警，助手的线程也不报。"""
    huge = np.full((2, 2, 64, 64), 1e38, np.float32)
    weight = np.full((3, 2, 3, 3), 1e38, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isinf(conv2d(huge, weight)).all()
