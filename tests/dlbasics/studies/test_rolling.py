"""小球的速度：公式与动量法真的去走一一对照。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dlbasics import landscapes
from dlbasics.optimizers import Momentum, minimize
from dlbasics.studies import rolling

learning_rates = st.floats(1e-3, 10)
mus = st.floats(0, 0.99)
gradients = st.floats(0.01, 10) | st.floats(-10, -0.01)


@given(learning_rates, mus, gradients)
def test_closed_forms_are_what_momentum_does_on_a_slope(lr, mu, grad):
    steps = 60
    path = minimize(landscapes.slope([grad]), [0.0], Momentum(lr, mu), steps).x[:, 0]
    t = np.arange(steps + 1)
    tolerance = {"rtol": 1e-9, "atol": 1e-12 * abs(path[-1])}
    assert_allclose(rolling.displacement(t, lr, mu, grad), path, **tolerance)
    assert_allclose(rolling.velocity(t[1:], lr, mu, grad), np.diff(path), **tolerance)


@given(learning_rates, mus, gradients)
def test_velocity_tends_to_the_terminal_velocity(lr, mu, grad):
    terminal = rolling.terminal_velocity(lr, mu, grad)
    assert_allclose(rolling.velocity(10_000, lr, mu, grad), terminal, rtol=1e-12)
    assert_allclose(mu * terminal - lr * grad, terminal, rtol=1e-12)


def test_ninety_five_percent_of_terminal_velocity_takes_29_steps():
    fraction = rolling.velocity([28, 29], 0.1, 0.9, -1.0) / rolling.terminal_velocity(
        0.1, 0.9, -1.0
    )
    assert fraction[0] < 0.95 <= fraction[1]


@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("lr", [0.01, 0.1])
def test_coasting_distance_on_a_wide_plateau(mu, lr):
    path = minimize(landscapes.plateau(1e4), [-1.234], Momentum(lr, mu), steps=1000).x[:, 0]
    entry = np.flatnonzero(path >= 0)[0]
    speed = path[entry] - path[entry - 1]
    expected = rolling.coasting_distance(speed, mu)
    assert_allclose(path[-1] - path[entry], expected, rtol=1e-9, atol=1e-12)
    assert rolling.coasting_distance(-speed, mu) == expected


@given(
    st.floats(0.2, 0.95), st.floats(0.01, 0.1), st.floats(0.5, 2), st.floats(-1, 0), st.booleans()
)
def test_plateau_crossing_law(mu, lr, incline, offset, narrow):
    """以终端速度进入：窄于滑行距离的平台必定滑过，再宽出一步的必定滑不过。"""
    terminal = lr * incline / (1 - mu)
    coasting = rolling.coasting_distance(terminal, mu)
    assert_allclose(coasting, lr * incline * mu / (1 - mu) ** 2)
    width = 0.98 * coasting if narrow else 1.02 * (coasting + terminal)
    start = -600 * terminal + offset * terminal
    field = landscapes.plateau(width, incline=incline)
    path = minimize(field, [start], Momentum(lr, mu), steps=1500).x[:, 0]
    assert path.max() > 0
    assert (path.max() > width) == narrow
