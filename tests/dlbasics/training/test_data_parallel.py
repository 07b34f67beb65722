"""数据并行：结果与一台机器相同；进程中途死掉，任务换一个进程重算，结果仍然相同。"""

import os
import signal
import subprocess
import sys

import dask
import numpy as np
import psutil
import pytest
from distributed import KilledWorker
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.datasets import digits
from dlbasics.layers import Conv2d, GlobalMaxPool2d, Linear, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import Momentum
from dlbasics.training import fit
from dlbasics.training.data_parallel import DataParallel, connect, weighted_average
from dlbasics.training.fitting import gradients_here


@pytest.fixture(scope="module")
def client():
    """三个线程工作者：不开进程，快。"""
    with connect(workers=3, processes=False) as client:
        yield client


def make_model(seed=0):
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2d(1, 4, 3, rng=rng, dtype=float), ReLU(), GlobalMaxPool2d(),
        Linear(4, 10, rng=rng, dtype=float),
    )  # fmt: skip


def batch(n=50):
    images, labels = digits()
    return images[:n], labels[:n]


def alone(model, x, y):
    loss, gradients = gradients_here(model, x, y, softmax_cross_entropy)
    return loss, [g.copy() for g in gradients]


@pytest.mark.parametrize(("n", "shards"), [(48, 4), (50, 4), (50, 1), (7, 7), (3, 8), (1, 2)])
def test_equals_one_machine(client, n, shards):
    """能整除、不能整除、份数比样本还多。"""
    model, (x, y) = make_model(), batch(n)
    wanted_loss, wanted = alone(model, x, y)
    loss, got = DataParallel(client, shards)(model, x, y, softmax_cross_entropy)
    assert_allclose(loss, wanted_loss, rtol=1e-12)
    for g, w in zip(got, wanted, strict=True):
        assert (g.shape, g.dtype) == (w.shape, w.dtype)
        assert_allclose(g, w, rtol=0, atol=1e-12 * max(1, np.abs(w).max()))


def test_unequal_shards_need_weights(client):
    """不加权的平均是错的：50 个样本分成 4 份，有 13 个的，也有 12 个的。"""
    model, (x, y) = make_model(), batch(50)
    _, wanted = alone(model, x, y)
    parts = np.array_split(np.arange(50), 4)
    each = [alone(model, x[part], y[part])[1][0] for part in parts]
    assert np.abs(np.mean(each, axis=0) - wanted[0]).max() > 1e-6
    shards = [(len(part), 0.0, [g]) for part, g in zip(parts, each, strict=True)]
    assert_allclose(weighted_average(shards)[1][0], wanted[0], rtol=0, atol=1e-12)


def test_float32_stays_float32(client):
    rng = np.random.default_rng(0)
    model = Linear(3, 2, rng=rng, dtype=np.float32)
    x = rng.standard_normal((5, 3)).astype(np.float32)
    _, gradients = DataParallel(client, 2)(model, x, np.zeros(5, int), softmax_cross_entropy)
    assert [g.dtype for g in gradients] == [np.float32, np.float32]


def train(model, client=None):
    options = {} if client is None else {"gradients": DataParallel(client, 3)}
    x, y = batch(100)
    return fit(
        model, x, y, loss=softmax_cross_entropy, optimizer=Momentum(lr=0.05), epochs=2,
        batch_size=32, rng=np.random.default_rng(1), progress=False, **options,
    )  # fmt: skip


def test_training_takes_the_same_path(client):
    one, many, again = make_model(), make_model(), make_model()
    wanted, got = train(one), train(many, client)
    assert_allclose(got.loss, wanted.loss, rtol=1e-10)
    for p, q in zip(one.parameters, many.parameters, strict=True):
        assert_allclose(p, q, rtol=0, atol=1e-10)
    assert train(again, client) == got  # 谁先算完，不影响任何一位
    for p, q in zip(many.parameters, again.parameters, strict=True):
        assert_array_equal(p, q)


def test_the_model_is_left_alone(client):
    """工作者与本进程共用内存时，也不能动它的梯度。"""
    model, (x, y) = make_model(), batch()
    before = [p.copy() for p in model.parameters]
    gradients = model.gradients
    DataParallel(client, 4)(model, x, y, softmax_cross_entropy)
    assert model.gradients is gradients
    for p, q in zip(model.parameters, before, strict=True):
        assert_array_equal(p, q)


@pytest.mark.parametrize("shards", [0, -1, 1.5, "2"])
def test_bad_number_of_shards(client, shards):
    with pytest.raises(ValueError, match="shards"):
        DataParallel(client, shards)


@pytest.mark.parametrize(("n", "labels"), [(0, 0), (3, 2)])
def test_bad_batch(client, n, labels):
    x, y = batch()
    with pytest.raises(ValueError, match="x 与 y"):
        DataParallel(client, 2)(make_model(), x[:n], y[:labels], softmax_cross_entropy)


def test_connects_to_a_given_scheduler(client):
    with connect(client.scheduler.address) as other:
        assert other.scheduler.address == client.scheduler.address
        assert other.submit(abs, -1).result() == 1
    assert client.submit(abs, -2).result() == 2  # 断开自己，不关别人的集群


NO_MERCY = ("allowed_failures", 0)


def test_dask_forgives_three_deaths():
    assert dask.config.get("distributed.scheduler.allowed-failures") == 3


def deadly_loss(marker):
    """头一个用到它的进程，算到一半被杀死；此后一切正常。"""

    def loss(output, y):
        try:
            os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return softmax_cross_entropy(output, y)
        os.kill(os.getpid(), signal.SIGKILL)

    return loss


def test_worker_killed_in_the_middle_of_a_step(tmp_path):
    model, (x, y) = make_model(), batch(50)
    marker = tmp_path / "killed"
    with connect(workers=2) as client:
        workers = [psutil.Process(pid) for pid in client.run(os.getpid).values()]
        parallel = DataParallel(client, 4)
        wanted_loss, wanted = parallel(model, x, y, softmax_cross_entropy)
        loss, got = parallel(model, x, y, deadly_loss(str(marker)))
        assert marker.exists()
        assert sum(map(alive, workers)) == 1  # 真的死了一个
        client.run_on_scheduler(lambda dask_scheduler: setattr(dask_scheduler, *NO_MERCY))
        with pytest.raises(KilledWorker):
            parallel(model, x, y, deadly_loss(str(tmp_path / "again")))
    assert loss == wanted_loss
    for g, w in zip(got, wanted, strict=True):
        assert_array_equal(g, w)
    _, one = alone(model, x, y)
    for g, w in zip(got, one, strict=True):
        assert_allclose(g, w, rtol=0, atol=1e-12)
    assert not any(map(alive, workers))


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


SCRIPT = """
from dlbasics.training.data_parallel import connect

{guard}
    with connect(workers=1) as client:
        print(client.submit(abs, -3).result())
"""


def run_script(tmp_path, guard):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(guard=guard), encoding="utf-8")
    return subprocess.run(
        [sys.executable, script], capture_output=True, encoding="utf-8", timeout=300
    )


def test_a_guarded_script_runs(tmp_path):
    assert run_script(tmp_path, 'if __name__ == "__main__":').stdout == "3\n"


def test_an_unguarded_script_is_told_in_one_sentence(tmp_path):
    """没有这道门，每个工作进程都会再开一个集群，几百行报错。"""
    result = run_script(tmp_path, "if True:")
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert '放进 if __name__ == "__main__": 里' in lines[-1]
    assert len(lines) < 15
