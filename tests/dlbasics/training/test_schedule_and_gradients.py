"""``fit`` 的两个插口：学习率的日程，和怎样算梯度。"""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbasics.layers import Linear
from dlbasics.losses import mean_squared_error
from dlbasics.optimizers import SGD, Adam, Momentum
from dlbasics.optimizers.schedules import step_decay, warmup_cosine
from dlbasics.sampling import minibatches
from dlbasics.training import fit, load_state, save_state
from dlbasics.training.fitting import gradients_here

X = np.random.default_rng(0).standard_normal((50, 3))
Y = X @ np.array([[1.0, -2.0, 0.5]]).T
SCHEDULE = partial(warmup_cosine, total=35, warmup=6)  # 5 轮，每轮 7 步


def train(model, optimizer, rng=None, **options):
    rng = np.random.default_rng(1) if rng is None else rng
    options = {"epochs": 5, "schedule": SCHEDULE, "progress": False} | options
    return fit(
        model, X, Y, loss=mean_squared_error, optimizer=optimizer, batch_size=8, rng=rng, **options
    )


def make_model():
    return Linear(3, 1, rng=np.random.default_rng(0), dtype=float)


@pytest.mark.parametrize("make", [SGD, Momentum, Adam])
def test_schedule_equals_the_loop_written_out(make):
    model, optimizer, rng = make_model(), make(0.1), np.random.default_rng(1)
    step = 0
    for _ in range(5):
        for batch in minibatches(50, 8, rng):
            _, gradients = gradients_here(model, X[batch], Y[batch], mean_squared_error)
            optimizer.lr = 0.1 * SCHEDULE(step)
            optimizer.step(model.parameters, gradients)
            step += 1
    fitted, used = make_model(), make(0.1)
    train(fitted, used)
    assert used.lr == 0.1
    for p, q in zip(model.parameters, fitted.parameters, strict=True):
        assert_array_equal(p, q)


def test_steps_are_numbered_from_zero_without_a_gap():
    seen = []
    train(make_model(), SGD(0.1), schedule=lambda step: seen.append(step) or 1.0)
    assert seen == list(range(35))


def test_constant_schedule_changes_nothing():
    one, other = make_model(), make_model()
    train(one, Momentum(0.05), schedule=None)
    train(other, Momentum(0.05), schedule=lambda step: 1.0)
    for p, q in zip(one.parameters, other.parameters, strict=True):
        assert_array_equal(p, q)


def test_zero_factor_stands_still():
    model = make_model()
    before = [p.copy() for p in model.parameters]
    train(model, SGD(0.1), schedule=lambda step: 0.0)
    for p, q in zip(model.parameters, before, strict=True):
        assert_array_equal(p, q)


def test_interrupted_training_goes_on_with_the_same_schedule(tmp_path):
    """保存的是原来的学习率，步数接着数：与没有中断逐位相同。"""
    whole = make_model()
    wanted = train(whole, Momentum(0.05))
    model, optimizer, rng = make_model(), Momentum(0.05), np.random.default_rng(1)
    save_state(tmp_path / "a", model, optimizer, rng, train(model, optimizer, rng, epochs=2))
    model, optimizer, rng = make_model(), Momentum(0.05), np.random.default_rng(9)
    history = load_state(tmp_path / "a", model, optimizer, rng)
    assert optimizer.lr == 0.05
    assert train(model, optimizer, rng, history=history) == wanted
    for p, q in zip(model.parameters, whole.parameters, strict=True):
        assert_array_equal(p, q)


def test_learning_rate_comes_back_when_a_step_fails():
    optimizer = SGD(0.1)
    with pytest.raises(ValueError, match="grads"):
        train(make_model(), optimizer, gradients=lambda *_: (0.0, []))
    assert optimizer.lr == 0.1


def test_decay_ends_nearer_than_a_constant_rate():
    """带噪声的目标：学习率不变就在谷底附近游荡，降下来才停稳。"""
    noisy = Y + np.random.default_rng(2).standard_normal(Y.shape)
    best = np.linalg.lstsq(np.c_[X, np.ones(50)], noisy, rcond=None)[0].ravel()
    distance = {}
    for name, schedule in {
        "constant": None,
        "decay": partial(step_decay, milestones=[140, 210]),
    }.items():
        errors = []
        for seed in range(5):
            model, rng = make_model(), np.random.default_rng(seed)
            fit(
                model, X, noisy, loss=mean_squared_error, optimizer=SGD(0.1), epochs=40,
                batch_size=8, rng=rng, progress=False, schedule=schedule,
            )  # fmt: skip
            errors.append(np.linalg.norm(np.r_[model.weight.ravel(), model.bias] - best))
        distance[name] = errors
    assert max(distance["decay"]) < min(distance["constant"])


def test_gradients_hook_is_what_is_used():
    """把梯度算成两倍，等于学习率两倍。"""

    def doubled(*arguments):
        loss, gradients = gradients_here(*arguments)
        return loss, [2 * g for g in gradients]

    one, other = make_model(), make_model()
    train(one, SGD(0.1), gradients=doubled)
    train(other, SGD(0.2))
    for p, q in zip(one.parameters, other.parameters, strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-12)
