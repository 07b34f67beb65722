"""训练：会学、可复现、记录正确、按时停下、不出声。"""

import os
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics.datasets import digits, digits_on_canvas, split
from dlbasics.layers import (
    Conv2d,
    Flatten,
    GlobalMaxPool2d,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
)
from dlbasics.losses import mean_squared_error, softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import SGD, Adam, Momentum
from dlbasics.sampling import minibatches
from dlbasics.training import History, fit


@pytest.fixture(scope="module")
def data():
    x, y = digits()
    return split(x.astype(np.float32), y, np.random.default_rng(0))


def make_mlp(seed=0):
    single = {"rng": np.random.default_rng(seed), "dtype": np.float32}
    return Sequential(Flatten(), Linear(64, 32, **single), ReLU(), Linear(32, 10, **single))


def make_cnn(seed=0):
    single = {"rng": np.random.default_rng(seed), "dtype": np.float32}
    return Sequential(
        Conv2d(1, 16, 3, padding=1, **single),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(256, 10, **single),
    )


def train(model, data, *, seed=0, **options):
    options = {
        "loss": softmax_cross_entropy,
        "optimizer": Momentum(lr=0.05),
        "epochs": 3,
        "batch_size": 32,
        "rng": np.random.default_rng(seed),
        "progress": False,
    } | options
    return fit(model, data.train_x, data.train_y, **options)


@pytest.mark.parametrize("make", [make_mlp, make_cnn])
@pytest.mark.parametrize("optimizer", [SGD(lr=0.3), Momentum(lr=0.05), Adam(lr=0.003)])
def test_learns_digits(make, optimizer, data):
    model = make()
    before = accuracy(model.forward(data.test_x), data.test_y)
    history = train(model, data, optimizer=type(optimizer)(optimizer.lr), epochs=8)
    assert before < 0.4
    assert accuracy(model.forward(data.test_x), data.test_y) >= 0.9
    assert history.loss[-1] < history.loss[0] / 3
    assert (history.epochs, history.steps) == (8, 8 * 43)  # ⌈1348/32⌉ = 43


def test_regression():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 3))
    truth = np.array([[1.0, -2.0, 0.5]])
    model = Linear(3, 1, rng=rng, dtype=np.float64)
    history = fit(
        model, x, x @ truth.T + 4, loss=mean_squared_error, optimizer=SGD(lr=0.1),
        epochs=30, batch_size=20, rng=rng, progress=False, validation=(x, x @ truth.T + 4),
    )  # fmt: skip
    assert_allclose(model.weight, truth, atol=1e-6)
    assert_allclose(model.bias, 4, atol=1e-6)
    assert history.validation_loss[-1] < 1e-10
    assert history.validation_accuracy == []


def test_same_seed_same_bits(data):
    models, histories = [make_cnn(), make_cnn(), make_cnn()], []
    for model, seed in zip(models, (1, 1, 2), strict=True):
        histories.append(train(model, data, seed=seed, epochs=2))
    assert histories[0] == histories[1] != histories[2]
    for p, q, r in zip(*(model.parameters for model in models), strict=True):
        assert_array_equal(p, q)
        assert not np.array_equal(p, r)


def test_equals_the_loop_written_out(data):
    model, optimizer, rng = make_mlp(), SGD(lr=0.1), np.random.default_rng(5)
    losses = []
    for _ in range(2):
        total = 0
        for batch in minibatches(len(data.train_x), 100, rng):
            logits = model.forward(data.train_x[batch])
            loss, grad = softmax_cross_entropy(logits, data.train_y[batch])
            model.backward(grad)
            optimizer.step(model.parameters, model.gradients)
            total += loss * len(batch)
        losses.append(total / len(data.train_x))
    fitted = make_mlp()
    history = train(fitted, data, optimizer=SGD(lr=0.1), epochs=2, batch_size=100, seed=5)
    assert history.loss == losses
    for p, q in zip(model.parameters, fitted.parameters, strict=True):
        assert_array_equal(p, q)


class Frozen(Layer):
    """参数有，但梯度总是 0：训练损失就该等于全体样本的平均损失。"""

    def __init__(self):
        super().__init__(np.zeros(1))

    def output_shape(self, input_shape):
        return input_shape

    def _forward(self, x):
        return x, None

    def _backward(self, grad_output, saved, need_grad_x):
        return None


@pytest.mark.parametrize("batch_size", [1, 3, 4, 7, 10])
def test_short_last_batch_has_its_own_weight(batch_size):
    x = np.arange(10.0)[:, None] ** 2
    history = fit(
        Frozen(), x, np.zeros_like(x), loss=mean_squared_error, optimizer=SGD(lr=1.0),
        epochs=3, batch_size=batch_size, rng=np.random.default_rng(0), progress=False,
    )  # fmt: skip
    assert_allclose(history.loss, np.mean(x**2), rtol=1e-12)
    assert history.steps == 3 * -(-10 // batch_size)


def test_validation_is_measured_but_not_learnt(data):
    validation = (data.test_x, data.test_y)
    alone, watched = make_mlp(), make_mlp()
    train(alone, data)
    history = train(watched, data, validation=validation)
    for p, q in zip(alone.parameters, watched.parameters, strict=True):
        assert_array_equal(p, q)
    logits = watched.forward(data.test_x)
    loss, _ = softmax_cross_entropy(logits, data.test_y)
    assert_allclose(history.validation_loss[-1], loss, rtol=1e-5)
    assert history.validation_accuracy[-1] == accuracy(logits, data.test_y)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 3


def test_early_stop(data):
    """验证标签是乱的：训练得越久，验证损失越高。"""
    nonsense = np.random.default_rng(0).permutation(data.test_y)
    for patience in (1, 4):
        history = train(
            make_mlp(), data, epochs=50, validation=(data.test_x, nonsense), patience=patience
        )
        assert history.epochs < 50
        assert history.epochs_without_improvement() == patience


def test_no_early_stop_while_it_improves(data):
    history = train(
        make_mlp(), data, optimizer=SGD(lr=0.01), validation=(data.test_x, data.test_y), patience=1
    )
    assert history.epochs == 3


def test_epochs_without_improvement():
    for losses, wanted in [
        ([], 0),
        ([3.0], 0),
        ([3.0, 2.0], 0),
        ([2.0, 3.0], 1),
        ([2, 1, 1, 5], 2),
    ]:
        assert History(validation_loss=losses).epochs_without_improvement() == wanted


def test_divergence_ends_the_training():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 3))
    history = fit(
        Linear(3, 3, rng=rng, dtype=np.float64), x, x, loss=mean_squared_error,
        optimizer=SGD(lr=100.0), epochs=1000, batch_size=10, rng=rng, progress=False,
    )  # fmt: skip
    assert not np.isfinite(history.loss[-1])
    assert np.isfinite(history.loss[:-1]).all()
    assert 2 < history.epochs < 1000


def test_after_epoch_sees_every_epoch(data):
    seen = []
    history = train(make_mlp(), data, after_epoch=lambda h: seen.append((h.epochs, h.loss[-1])))
    assert seen == [(i + 1, loss) for i, loss in enumerate(history.loss)]


def test_going_on_from_a_history_leaves_it_alone(data):
    model, optimizer, rng = make_mlp(), Momentum(lr=0.05), np.random.default_rng(0)
    first = train(model, data, epochs=2, optimizer=optimizer, rng=rng)
    whole = train(model, data, epochs=5, optimizer=optimizer, rng=rng, history=first)
    assert first.epochs == 2
    assert (whole.epochs, whole.steps) == (5, 5 * 43)
    assert whole == train(make_mlp(), data, epochs=5)
    assert train(model, data, epochs=5, optimizer=optimizer, rng=rng, history=whole) == whole


def test_progress_bar_tells_the_epoch_and_the_loss(data, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    history = train(make_mlp(), data, progress=True, validation=(data.test_x, data.test_y))
    bar = capsys.readouterr().err
    assert "129/129" in bar and "轮=3" in bar
    assert f"损失={history.loss[-1]:.4f}" in bar
    assert f"验证正确率={history.validation_accuracy[-1]:.3f}" in bar


def test_progress_bar_can_be_turned_off(data, capsys):
    train(make_mlp(), data, progress=False)
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "")


@pytest.mark.parametrize("disable", [False, True])
def test_progress_bar_obeys_the_environment(disable):
    """tqdm 在导入时读环境变量，所以要一个新的解释器。"""
    code = """
import numpy as np
from dlbasics.layers import Linear
from dlbasics.losses import mean_squared_error
from dlbasics.optimizers import SGD
from dlbasics.training import fit
rng, x = np.random.default_rng(0), np.eye(4)
fit(Linear(4, 4, rng=rng, dtype=float), x, x, loss=mean_squared_error, optimizer=SGD(0.1),
    epochs=2, batch_size=2, rng=rng)
"""
    environment = os.environ | ({"TQDM_DISABLE": "1"} if disable else {})
    if not disable:
        environment.pop("TQDM_DISABLE", None)
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout == ""
    assert ("训练" in run.stderr, run.stderr == "") == (not disable, disable)


def test_mistakes_are_found_before_anything_is_learnt(data):
    model, rng = make_mlp(), np.random.default_rng(0)
    before, state = [p.copy() for p in model.parameters], rng.bit_generator.state
    for wrong in ({"batch_size": 0}, {"epochs": 0}, {"patience": 1}, {"optimizer": 0.1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            train(model, data, **({"rng": rng} | wrong))
    assert rng.bit_generator.state == state
    for p, q in zip(model.parameters, before, strict=True):
        assert_array_equal(p, q)


def test_global_max_pool_network_reads_shifted_digits(data):
    """卷积 + 全局最大汇聚：在居中的数字上学会，平移之后仍认得；全连接网络不行。"""
    rng = np.random.default_rng(0)
    centred, labels = digits_on_canvas(14, positions=(3, 3))
    shifted, _ = digits_on_canvas(14, positions=(3, 6))
    centred, shifted = centred.astype(np.float32), shifted.astype(np.float32)
    order = rng.permutation(len(labels))
    train_part, test_part = order[:1000], order[1000:1500]
    single, scores = {"rng": rng, "dtype": np.float32}, {}
    for name, model in [
        ("conv", Sequential(
            Conv2d(1, 32, 5, **single), ReLU(), GlobalMaxPool2d(), Linear(32, 10, **single)
        )),
        ("dense", Sequential(
            Flatten(), Linear(196, 64, **single), ReLU(), Linear(64, 10, **single)
        )),
    ]:  # fmt: skip
        fit(
            model, centred[train_part], labels[train_part], loss=softmax_cross_entropy,
            optimizer=Momentum(lr=0.05), epochs=15, batch_size=32, rng=rng, progress=False,
        )  # fmt: skip
        scores[name] = [
            accuracy(model.forward(x[test_part]), labels[test_part]) for x in (centred, shifted)
        ]
    assert scores["conv"][0] >= 0.9 and scores["dense"][0] >= 0.9
    assert scores["conv"][1] >= 0.85
    assert scores["dense"][1] <= 0.35


def test_a_first_fit_runs_without_a_word_about_dtype():
    """数据与层默认的 dtype 相同。"""
    x, y = digits()
    model = Sequential(Flatten(), Linear(64, 10, rng=np.random.default_rng(0)))
    history = fit(
        model, x[:64], y[:64], loss=softmax_cross_entropy, optimizer=SGD(lr=0.1), epochs=1,
        batch_size=32, rng=np.random.default_rng(0), progress=False,
    )  # fmt: skip
    assert history.epochs == 1
