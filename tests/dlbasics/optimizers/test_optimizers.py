"""优化器：与 PyTorch 走同一条路，就地更新，出错时什么也不改。"""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from dlbasics import landscapes, optimizers
from dlbasics.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
    minimize,
)

ORACLE = json.loads(Path(__file__).with_name("pytorch_trajectories.json").read_text("utf-8"))
CLASSES = {
    name: kind
    for name, kind in vars(optimizers).items()
    if isinstance(kind, type) and issubclass(kind, Optimizer) and kind is not Optimizer
}
NOT_IN_PYTORCH: set[str] = set()
"""PyTorch 没有的，没有对照；规矩照样要守。"""
every_optimizer = pytest.mark.parametrize("make", CLASSES.values())
every_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def oracle_id(case):
    return f"{case['optimizer']}-{case['landscape']}"


@pytest.mark.parametrize("case", ORACLE["cases"], ids=oracle_id)
def test_walks_the_path_of_pytorch(case):
    field = {
        "rosenbrock": landscapes.rosenbrock(),
        "quadratic": landscapes.quadratic(ORACLE["curvatures"]),
    }[case["landscape"]]
    expected = np.array(case["path"])
    optimizer = CLASSES[case["optimizer"]](**case["options"])
    path = minimize(field, expected[0], optimizer, steps=len(expected) - 1)
    assert_allclose(path.x, expected, rtol=1e-11, atol=1e-13)


def test_pytorch_oracle_covers_every_optimizer_twice():
    assert ORACLE["torch"] == "2.13.0"
    assert sorted(map(oracle_id, ORACLE["cases"])) == sorted(
        f"{name}-{field}"
        for name in CLASSES.keys() - NOT_IN_PYTORCH
        for field in ["rosenbrock", "quadratic"]
    )


@st.composite
def params_and_three_grads(draw):
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, max_side=4))
    numbers = hnp.arrays(dtype, shape, elements=st.floats(-1000, 1000, width=32))
    return draw(numbers), [draw(numbers) for _ in range(3)]


@given(params_and_three_grads(), st.floats(1e-4, 10) | st.floats(1e-4, 10).map(np.float64))
def test_momentum_with_mu_zero_is_sgd_bit_for_bit(arrays, lr):
    x, grads = arrays
    with_sgd, with_momentum = x.copy(), x.copy()
    sgd, momentum = SGD(lr), Momentum(lr, mu=0)
    for g in grads:
        sgd.step([with_sgd], [g])
        momentum.step([with_momentum], [g])
        assert with_momentum.dtype == x.dtype
        assert_array_equal(with_momentum, with_sgd)


@pytest.mark.parametrize(
    ("field", "x0", "lr"),
    [
        (landscapes.quadratic([1.0, 10.0]), [1.0, -2.0], 0.05),
        (landscapes.rosenbrock(), [-1.2, 1.0], 1e-3),
    ],
    ids=["quadratic", "rosenbrock"],
)
def test_nesterov_is_the_sutskever_look_ahead(field, x0, lr):
    mu, steps = 0.9, 30
    theta, v = np.array(x0), np.zeros(2)
    look_ahead = [theta.copy()]
    for _ in range(steps):
        v = mu * v - lr * field.grad(theta + mu * v)
        theta = theta + v
        look_ahead.append(theta + mu * v)
    assert_allclose(minimize(field, x0, Nesterov(lr, mu), steps).x, look_ahead, rtol=1e-9)


def test_momentum_with_mu_one_never_loses_speed():
    flat = np.zeros(1)
    x, optimizer = np.zeros(1), Momentum(lr=1.0, mu=1.0)
    optimizer.step([x], [np.array([-2.0])])
    for _ in range(100):
        optimizer.step([x], [flat])
    assert_array_equal(x, [202.0])


def adamw_by_the_paper(grad, x, *, lr, betas, eps, decay, steps):
    """Loshchilov 与 Hutter 的算法 2，一次只算一个坐标；偏差修正写成权重之和的归一化。"""
    gs, path = [], [list(x)]
    for n in range(1, steps + 1):
        gs.append(list(grad(np.array(path[-1]))))
        point = []
        for i, xi in enumerate(path[-1]):
            first, second = (
                [beta ** (n - 1 - k) for k in range(n)] for beta in betas
            )  # 第 k 步的梯度在平均里的权重
            m = sum(w * g[i] for w, g in zip(first, gs, strict=True)) / sum(first)
            s = sum(w * g[i] ** 2 for w, g in zip(second, gs, strict=True)) / sum(second)
            point.append((1 - lr * decay) * xi - lr * m / (s**0.5 + eps))
        path.append(point)
    return np.array(path)


@pytest.mark.parametrize(
    ("lr", "betas", "eps", "decay"),
    [(1e-3, (0.9, 0.999), 1e-8, 0.01), (0.1, (0.7, 0.9), 0.1, 0.5)],
    ids=["defaults", "changed"],
)
@pytest.mark.parametrize(
    ("field", "x0"),
    [(landscapes.rosenbrock(), [-1.2, 1.0]), (landscapes.quadratic([1.0, 10.0]), [1.0, -2.0])],
    ids=["rosenbrock", "quadratic"],
)
def test_adamw_walks_the_path_of_the_paper(field, x0, lr, betas, eps, decay):
    defaults = (lr, betas, eps, decay) == (1e-3, (0.9, 0.999), 1e-8, 0.01)
    optimizer = AdamW() if defaults else AdamW(lr, *betas, eps, decay)
    expected = adamw_by_the_paper(
        field.grad, x0, lr=lr, betas=betas, eps=eps, decay=decay, steps=10
    )
    assert_allclose(minimize(field, x0, optimizer, 10).x, expected, rtol=1e-10, atol=1e-12)


def test_adamw_on_a_slope_approaches_the_inverse_decay_whatever_the_slope():
    """梯度恒定，Adam 每步恰好走 lr·sign(g)，于是 x 按 (1 − lr·λ)ⁿ 趋于 −sign(g)/λ。"""
    g, x0, lr, decay = np.array([3.0, -0.1]), np.array([5.0, 5.0]), 0.1, 0.5
    path = minimize(landscapes.slope(g), x0, AdamW(lr, eps=1e-30, weight_decay=decay), 60)
    limit = -np.sign(g) / decay
    left = (1 - lr * decay) ** np.arange(61)[:, None]
    assert_allclose(path.x, limit + left * (x0 - limit), rtol=1e-12, atol=1e-12)


def test_decay_inside_the_gradient_of_adam_is_weakest_where_gradients_are_large():
    """两个坐标的权重相同、梯度的幅度相差 100 倍：解耦的衰减一样多，写进梯度的不一样多。"""
    rng, decay, steps = np.random.default_rng(0), 0.1, 200
    noise = rng.choice([-1.0, 1.0], size=(steps, 1)) * [100.0, 1.0]

    def shrink(optimizer, inside, noise=noise):
        x = np.ones(2)
        for g in noise:
            optimizer.step([x], [g + inside * x])
        return x

    inside = shrink(Adam(0.001), 0) - shrink(Adam(0.001), decay)
    decoupled = shrink(AdamW(0.001, weight_decay=0), 0) - shrink(
        AdamW(0.001, weight_decay=decay), 0
    )
    assert_allclose(decoupled[1], decoupled[0], rtol=0.01)
    assert inside[1] > 30 * inside[0] > 0


@given(params_and_three_grads())
def test_adamw_without_decay_is_adam_bit_for_bit(arrays):
    x, grads = arrays
    with_adam, with_adamw = x.copy(), x.copy()
    adam, adamw = Adam(0.1), AdamW(0.1, weight_decay=0)
    for g in grads:
        adam.step([with_adam], [g])
        adamw.step([with_adamw], [g])
        assert_array_equal(with_adamw, with_adam)


@given(hnp.arrays(float, 5, elements=st.floats(0.01, 1000)), st.floats(1e-3, 1))
def test_first_step_of_adam_is_lr_times_sign(magnitude, lr):
    g = magnitude * [1, -1, 1, -1, 1]
    x = np.zeros(5)
    Adam(lr).step([x], [g])
    assert_allclose(x, -lr * np.sign(g), rtol=2e-6)


@pytest.mark.parametrize(("make", "eps"), [(AdaGrad, 1e-10), (RMSProp, 1e-8), (Adam, 1e-8)])
def test_default_eps_halves_the_step_when_the_root_equals_it(make, eps):
    """默认的 eps 与 PyTorch 相同；平方根恰好等于 eps 时，步子是 eps → 0 时的一半。"""
    g = np.array([eps / np.sqrt(1 - 0.99) if make is RMSProp else eps])
    half, whole = np.zeros(1), np.zeros(1)
    make(lr=0.1).step([half], [g])
    make(lr=0.1, eps=1e-30).step([whole], [g])
    assert_allclose(half, whole / 2, rtol=1e-9)


def test_adagrad_steps_shrink_like_inverse_square_root():
    path = minimize(landscapes.slope([3.0, -0.1]), [0.0, 0.0], AdaGrad(lr=0.5), steps=50)
    n = np.arange(1, 51)[:, None]
    assert_allclose(np.diff(path.x, axis=0), -0.5 * np.array([1, -1]) / np.sqrt(n), rtol=1e-8)


@pytest.mark.parametrize("make", [AdaGrad, RMSProp, Adam])
@given(exponent=st.integers(-20, 20))
def test_adaptive_methods_do_not_feel_the_scale_of_the_loss(make, exponent):
    def scaled(x):
        loss, grad = landscapes.rosenbrock()(x)
        return loss * 2.0**exponent, grad * 2.0**exponent

    start = [-1.2, 1.0]
    expected = minimize(landscapes.rosenbrock(), start, make(lr=0.01, eps=1e-30), 20)
    assert_allclose(minimize(scaled, start, make(lr=0.01, eps=1e-30), 20).x, expected.x, rtol=1e-12)


@every_dtype
@every_optimizer
def test_updates_views_in_place_and_keeps_dtype(make, dtype):
    rng = np.random.default_rng(0)
    board = rng.normal(size=(6, 6)).astype(dtype)
    before = board.copy()
    view, contiguous = board[::2, ::3], board[::2, ::3].copy()
    on_view, on_contiguous = make(lr=0.1), make(lr=0.1)
    for _ in range(3):
        wide = rng.normal(size=(3, 4)).astype(dtype)
        on_view.step([view], [wide[:, ::2]])
        on_contiguous.step([contiguous], [wide[:, ::2].copy()])
    assert board.dtype == contiguous.dtype == dtype
    assert_array_equal(view, contiguous)
    assert not np.any(view == before[::2, ::3])
    outside = np.ones_like(board, dtype=bool)
    outside[::2, ::3] = False
    assert_array_equal(board[outside], before[outside])


@every_dtype
@every_optimizer
def test_state_shares_no_memory_with_params_or_grads(make, dtype):
    params = [np.ones((2, 3), dtype), np.ones((), dtype)]
    grads = [np.full_like(x, 2) for x in params]
    optimizer = make(lr=0.1)
    for _ in range(2):
        optimizer.step(params, grads)
    kept = [a for state in optimizer.state for a in state.values()]
    assert len(optimizer.state) == 2
    assert not any(np.shares_memory(a, b) for a in kept for b in [*params, *grads])
    assert all(a.dtype == dtype for a in kept if a.dtype.kind == "f")
    for g in grads:
        assert_array_equal(g, np.full_like(g, 2))


@every_optimizer
def test_grads_may_be_params_themselves(make):
    """f(x) = ½‖x‖² 的梯度就是 x；直接传 x 与传一份拷贝走同一条路。"""
    itself, copied = np.array([1.0, -2.0]), np.array([1.0, -2.0])
    one, other = make(lr=0.1), make(lr=0.1)
    for _ in range(5):
        one.step([itself], [itself])
        other.step([copied], [copied.copy()])
    assert_array_equal(itself, copied)


@every_optimizer
def test_each_param_has_its_own_state(make):
    field = landscapes.quadratic([1.0, 3.0])
    params = [np.array([1.0, 2.0]), np.array([-5.0, 0.5])]
    together = make(lr=0.1)
    alone = [minimize(field, x, make(lr=0.1), steps=4).x[-1] for x in params]
    for _ in range(4):
        together.step(params, [field.grad(x) for x in params])
    for x, expected in zip(params, alone, strict=True):
        assert_array_equal(x, expected)


@every_optimizer
@pytest.mark.parametrize(
    "bad",
    [np.ones(3), np.ones(2, np.float32), np.ones((2, 1))],
    ids=["length", "dtype", "dimensions"],
)
def test_failing_step_changes_nothing(make, bad):
    first, second = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    good = np.array([0.5, -0.5])
    optimizer, untroubled = make(lr=0.1), make(lr=0.1)
    expected = [first.copy(), second.copy()]
    optimizer.step([first, second], [good, good])
    untroubled.step(expected, [good, good])
    with pytest.raises(ValueError, match=r"grads\[1\]"):
        optimizer.step([first, second], [good, bad])
    assert_array_equal([first, second], expected)
    optimizer.step([first, second], [good, good])
    untroubled.step(expected, [good, good])
    assert_array_equal([first, second], expected)


@pytest.mark.parametrize(("x", "kind"), [([1.0], "list"), (np.ones(1, np.float16), "float16")])
def test_params_of_the_wrong_kind_are_named(x, kind):
    with pytest.raises(ValueError, match=rf"params\[0\] .*得到 {kind}$"):
        SGD(lr=0.1).step([x], [x])


@every_optimizer
@pytest.mark.parametrize("size", [1, 3])
def test_refuses_another_model(make, size):
    optimizer, other = make(lr=0.1), np.ones(size)
    optimizer.step([np.ones(2)], [np.ones(2)])
    with pytest.raises(ValueError, match="请新建一个优化器"):
        optimizer.step([other], [np.ones(size)])
    assert_array_equal(other, np.ones(size))


@pytest.mark.parametrize(
    ("grads", "complaint"),
    [
        ([], "grads 应与 params 一样多：1 个，得到 0 个"),
        ([np.ones(2)] * 2, "grads 应与 params 一样多：1 个，得到 2 个"),
        ([[1.0, 1.0]], r"grads\[0\] .*得到 list$"),
        ([np.ones(3)], r"grads\[0\] .*得到 \(3,\) float64$"),
    ],
    ids=["none", "two", "list", "shape"],
)
def test_complains_about_grads_that_do_not_match(grads, complaint):
    with pytest.raises(ValueError, match=complaint):
        SGD(lr=0.1).step([np.ones(2)], grads)


@every_optimizer
def test_lr_can_be_changed_on_the_way(make):
    """学习率减半之后，下一步立刻受影响；与从头就用小学习率也不同。"""
    paths = []
    for second_lr in [0.1, 0.05]:
        x, optimizer = np.ones(2), make(lr=0.1)
        optimizer.step([x], [np.ones(2)])
        optimizer.lr = second_lr
        middle = x.copy()
        optimizer.step([x], [np.ones(2)])
        paths.append(x - middle)
    assert np.all(np.abs(paths[1]) < np.abs(paths[0]))


def test_an_optimizer_without_an_update_rule_cannot_be_made():
    with pytest.raises(TypeError, match="_update"):
        Optimizer(lr=0.1)


@pytest.mark.parametrize("make", [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW])
def test_one_step_may_have_a_learning_rate_of_its_own(make):
    params, other = [np.array([1.0, -2.0])], [np.array([1.0, -2.0])]
    optimizer = make(lr=0.1)
    optimizer.step(params, [np.array([0.5, 0.25])], lr=0.05)
    make(lr=0.05).step(other, [np.array([0.5, 0.25])])
    assert_array_equal(params[0], other[0])
    assert optimizer.lr == 0.1
    with pytest.raises(ValueError, match="lr 应是不小于 0 的有限的数"):
        optimizer.step(params, [np.ones(2)], lr=-0.1)
