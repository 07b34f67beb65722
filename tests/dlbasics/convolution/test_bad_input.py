"""不合适的输入：一律 ValueError，用中文说出是哪个参数、得到了什么。"""

import re

import numpy as np
import pytest

from dlbasics import convolution as cv

X, W = np.ones((2, 3, 6, 6)), np.ones((4, 3, 3, 3))
Y = np.ones((2, 4, 4, 4))
LOCAL, COLS = np.ones((4, 4, 4, 3, 3, 3)), np.ones((2, 27, 16))
MAPS = np.ones((2, 3))

FORWARD = (cv.conv2d, cv.conv2d_naive, cv.conv2d_im2col)
BACKWARD = (cv.conv2d_backward, cv.conv2d_im2col_backward)
SPARSE_FORWARD = (cv.conv2d, cv.conv2d_naive)
SPARSE = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
POOL = (cv.max_pool2d, cv.avg_pool2d)
POOL_BACKWARD = (cv.max_pool2d_backward, cv.avg_pool2d_backward)

# 函数 -> 一组好的输入
GOOD = {
    **{f: {"x": X, "weight": W, "bias": np.ones(4), "stride": 1, "padding": 0} for f in FORWARD},
    **{f: {"grad_output": Y, "x": X, "weight": W, "stride": 1, "padding": 0} for f in BACKWARD},
    **{f: {"x": X, "weight": W, "bias": np.ones(4), **SPARSE} for f in SPARSE_FORWARD},
    cv.conv2d_backward: {"grad_output": Y, "x": X, "weight": W, **SPARSE},
    cv.local2d: {"x": X, "weight": LOCAL, "bias": np.ones((4, 4, 4)), "stride": 1, "padding": 0},
    cv.local2d_backward: {"grad_output": Y, "x": X, "weight": LOCAL, "stride": 1, "padding": 0},
    **{f: {"x": X, "kernel": 3, "stride": 1, "padding": 0} for f in POOL},
    **{
        f: {"grad_output": np.ones((2, 3, 4, 4)), "x": X, "kernel": 3, "stride": 1, "padding": 0}
        for f in POOL_BACKWARD
    },
    cv.im2col: {"x": X, "kernel": 3, "stride": 1, "padding": 0},
    cv.col2im: {"cols": COLS, "x_shape": X.shape, "kernel": 3, "stride": 1, "padding": 0},
    cv.conv_matrix: {"weight": W, "input_shape": (3, 6, 6), **SPARSE},
    cv.global_max_pool2d: {"x": X},
    cv.global_avg_pool2d: {"x": X},
    cv.global_max_pool2d_backward: {"grad_output": MAPS, "x": X},
    cv.global_avg_pool2d_backward: {"grad_output": MAPS, "x": X},
    cv.conv_output_size: {"size": 6, "kernel": 3, "stride": 1, "padding": 0, "dilation": 1},
    cv.receptive_field: {"layers": [(3, 1)]},
}

# 参数 -> 对每个有这个参数的函数都不合适的值
BAD = {
    "x": [None, [[1.0]], X.astype(int), X.astype(np.float16), X[0], X[:, :0], X[:, :, :0]],
    "weight": [None, W[0], W.astype(int), W[:, :, :0], LOCAL[0], LOCAL[..., :0]],
    "bias": [1.0, np.ones(3), np.ones((4, 1)), np.ones((4, 4, 4), np.float32)],
    "grad_output": [None, Y[:1], Y[..., :3], Y.astype(np.float32), np.ones((2, 2))],
    "kernel": [0, -1, 1.5, "3", None, 7, (3, 0), (3, 3, 3), (7, 1)],
    "stride": [0, -1, 1.5, "1", (1, 0), (1, 1, 1)],
    "padding": [-1, 0.5, "0", None, (0, -1), (0, 0, 0)],
    "dilation": [0, -1, 1.5, "1", None, (1, 0), (1, 1, 1)],
    "groups": [0, -1, 1.5, "1", None, 2, 3, 12],
    "cols": [None, COLS[0], COLS[:, :26], COLS[:, :, :15], COLS.astype(int)],
    "x_shape": [6, (2, 3, 6), (2, 3, 6, 6.0), (2, 3, 0, 6), (-2, 3, 6, 6)],
    "input_shape": [6, (3, 6), (3, 0, 6), (3, 6, 6.5)],
    "size": [0, -1, 1.5, None],
    "layers": [[3], [(3,)], [(0, 1)], [(3, 0)], [(3, 1.5)], [(3, 1, 0)], [(3, 1, 1, 1)], 3],
}

TABLE = [
    pytest.param(function, name, value, id=f"{function.__name__}-{name}-{i}")
    for function, good in GOOD.items()
    for name in good
    for i, value in enumerate(BAD[name])
]

# 单独看都合适，合在一起不行：(函数, 改动, 出错的参数)
TOGETHER = [
    *[(f, {"weight": W.astype(np.float32)}, "weight") for f in (*FORWARD, *BACKWARD)],
    *[(f, {"weight": W[:, :2]}, "weight") for f in (*FORWARD, *BACKWARD)],
    *[(f, {"weight": np.ones((4, 3, 7, 1))}, "kernel") for f in (*FORWARD, *BACKWARD)],
    *[(f, {"dilation": 3}, "kernel") for f in (*SPARSE_FORWARD, cv.conv2d_backward)],
    (cv.conv_output_size, {"dilation": 3}, "kernel"),
    (cv.local2d, {"weight": LOCAL[:3]}, "weight"),
    (cv.local2d_backward, {"weight": LOCAL[:3]}, "weight"),
    *[(f, {"kernel": 2, "padding": 2}, "padding") for f in (*POOL, *POOL_BACKWARD)],
    (cv.conv_matrix, {"input_shape": (2, 6, 6)}, "weight"),
]


def complains(function, inputs, name):
    before = {k: v.copy() for k, v in inputs.items() if isinstance(v, np.ndarray)}
    with pytest.raises(ValueError) as caught:
        function(**inputs)
    message = str(caught.value)
    assert name in message
    assert "得到" in message
    assert re.search("应", message)
    for k, v in before.items():
        assert np.array_equal(inputs[k], v)


@pytest.mark.parametrize("function", GOOD, ids=lambda f: f.__name__)
def test_the_good_inputs_are_good(function):
    function(**GOOD[function])


@pytest.mark.parametrize(("function", "name", "value"), TABLE)
def test_one_bad_argument(function, name, value):
    complains(function, GOOD[function] | {name: value}, name)


@pytest.mark.parametrize(("function", "changes", "name"), TOGETHER)
def test_arguments_that_do_not_fit(function, changes, name):
    complains(function, GOOD[function] | changes, name)


def test_every_public_function_is_in_the_table():
    assert {f.__name__ for f in GOOD} == set(cv.__all__)
