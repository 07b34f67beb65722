"""三维组织一章由实验得出的话：换种子、换照片都成立；另有几个数的出处。"""

import numpy as np
import pytest

from dlbasics.convolution import (
    avg_pool2d,
    conv2d,
    conv2d_backward,
    conv_output_size,
    receptive_field,
)
from dlbasics.datasets import photograph
from dlbasics.layers import Conv2d, Linear, Sequential
from dlbasics.studies.kernel_bank import color_bank
from tests.claims.sentences import sentence

COLOR_PHOTOGRAPHS = ("astronaut", "coffee", "chelsea", "china", "flower")


@sentence(
    "把输入的通道任意换个次序，只要核的那一维跟着换，结果不变；把行的次序换掉，结果就毁了",
    pictures=COLOR_PHOTOGRAPHS,
)
def test_channels_have_no_order_and_rows_have(seed, picture, measured):
    rng = np.random.default_rng(seed)
    photo, weight = avg_pool2d(photograph(picture)[None], 4), color_bank().weight
    maps = conv2d(photo, weight, padding=3)
    order, rows = rng.permutation(3), rng.permutation(photo.shape[2])
    same = conv2d(photo[:, order], weight[:, order], padding=3)
    shuffled = conv2d(photo[:, :, rows], weight, padding=3)[:, :, np.argsort(rows)]
    error = np.linalg.norm(shuffled - maps) / np.linalg.norm(maps)
    measured(换行以后的相对误差=error)
    np.testing.assert_allclose(same, maps, atol=1e-5)
    assert error > 0.3


@sentence("红与蓝的相关系数都是三对中最小的", seeds=1, pictures=COLOR_PHOTOGRAPHS, quick=5)
def test_red_and_blue_are_the_least_alike(seed, picture, measured):
    red, green, blue = photograph(picture).reshape(3, -1)
    pairs = [np.corrcoef(*pair)[0, 1] for pair in ((red, blue), (red, green), (green, blue))]
    measured(红蓝=pairs[0], 另两对里较小的=min(pairs[1:]))
    assert pairs[0] < min(pairs[1:]) - 0.02


@sentence("把一层的核换个次序，下一层跟着换，网络算的还是同一个函数")
def test_learned_channels_can_be_reordered(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(6, 3, 3, 3)), rng.normal(size=(4, 6, 3, 3))
    bias, x, order = rng.normal(size=6), rng.normal(size=(2, 3, 9, 9)), rng.permutation(6)
    y = conv2d(np.maximum(conv2d(x, first, bias), 0), second)
    hidden = np.maximum(conv2d(x, first[order], bias[order]), 0)
    np.testing.assert_allclose(conv2d(hidden, second[:, order]), y)


@sentence(
    "看明暗的三个核分不出彩色照片和它的黑白版；看颜色的三个核，在黑白照片上一声不响",
    seeds=1,
    pictures=COLOR_PHOTOGRAPHS,
    quick=5,
)
def test_colour_kernels_are_silent_on_grey(seed, picture, measured):
    photo, weight = avg_pool2d(photograph(picture)[None], 4), color_bank().weight
    grey = np.repeat(photo.mean(axis=1, keepdims=True), 3, axis=1)
    in_color, in_grey = (np.abs(conv2d(p, weight)).max(axis=(0, 2, 3)) for p in (photo, grey))
    measured(颜色核最弱的彩色响应=in_color[3:].min(), 在黑白上=in_grey[3:].max())
    np.testing.assert_allclose(in_color[:3], in_grey[:3], rtol=1e-4)
    assert np.all(in_grey[3:] < 1e-5) and np.all(in_color[3:] > 0.05)


@sentence(
    "空洞逐层加倍，三层就看到 15 格，一格不漏；"
    "三层空洞都是 2，外沿有 13 格，其中只有 7 格真的看得到，中间隔一格漏一格"
)
def test_doubling_dilation_leaves_no_holes(seed):
    rng = np.random.default_rng(seed)
    for gaps, outside, inside in (((1, 2, 4), 15, 15), ((2, 2, 2), 13, 7)):
        layers = [
            Conv2d(c, 4, 3, padding=d, dilation=d, rng=rng, dtype=np.float64)
            for c, d in zip((3, 4, 4), gaps, strict=True)
        ]
        network = Sequential(*layers)
        one = np.zeros_like(network.forward(rng.normal(size=(1, 3, 32, 32))))
        one[0, 0, 16, 16] = 1
        columns = np.flatnonzero(network.backward(one)[0].any(axis=(0, 1)))
        assert len(columns) == inside
        assert columns[-1] - columns[0] + 1 == outside == receptive_field([(3, 1, d) for d in gaps])
        assert set(np.diff(columns)) == ({1} if inside == outside else {2})


@sentence(
    "在输出的梯度四周填充 $K-1$ 圈零，核上下、左右翻转，输入与输出的通道对调，再做一次普通的卷积"
)
def test_the_input_gradient_is_a_full_convolution(seed, measured):
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(2, 3, 8, 7)), rng.normal(size=(4, 3, 3, 3))
    grad_y = rng.normal(size=(2, 4, 6, 5))
    grad_x, _, _ = conv2d_backward(grad_y, x, weight)
    full = conv2d(grad_y, weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), padding=2)
    np.testing.assert_allclose(grad_x, full)
    unflipped = conv2d(grad_y, weight.transpose(1, 0, 2, 3), padding=2)  # 对照：不翻转就不对
    measured(不翻转的相对误差=np.linalg.norm(unflipped - grad_x) / np.linalg.norm(grad_x))
    assert np.linalg.norm(unflipped - grad_x) > 0.5 * np.linalg.norm(grad_x)


@pytest.mark.parametrize("stride", [2, 3])
@pytest.mark.parametrize("kernel", [2, 3, 4, 5, 6])
def test_a_checkerboard_when_the_stride_does_not_divide_the_kernel(kernel, stride):
    blank = np.zeros((1, 1, 1, stride * 9 + kernel))
    one = np.ones((1, 1, 1, 10))
    enlarged, _, _ = conv2d_backward(one, blank, np.ones((1, 1, 1, kernel)), stride=(1, stride))
    inside = enlarged.ravel()[kernel:-kernel]
    assert (len(np.unique(inside)) == 1) == (kernel % stride == 0)


def test_the_alexnet_sizes():
    for size, padding, expected in ((224, 0, 54), (227, 0, 55), (224, 2, 55)):
        assert conv_output_size(size, 11, stride=4, padding=padding) == expected
    later = 27 * 27 * 256 + 2 * 13 * 13 * 384 + 13 * 13 * 256 + 2 * 4096 + 1000
    assert 96 * 48 * 55 == 253_440  # 论文图 2 的说明，第一层
    assert round((96 * 55 * 55 + later) / 1e4) == 66 and round((253_440 + later) / 1e4) == 62


def test_activations_grow_with_the_picture_and_parameters_do_not():
    layer = Conv2d(3, 64, 3, padding=1, rng=np.random.default_rng(0))
    sizes = [photograph(name).shape for name in ("china", "astronaut")]
    activations = [np.prod(layer.output_shape(shape)) for shape in sizes]
    assert activations == [64 * h * w for _, h, w in sizes]
    assert layer.parameter_count == 64 * (27 + 1) < min(activations) / 1000
    dense = Linear(400, 120, rng=np.random.default_rng(0))  # 激活只有 120
    assert dense.parameter_count > 400 * 120


@pytest.mark.parametrize("seed", range(3))
def test_two_steps_are_one_kernel(seed):
    rng = np.random.default_rng(seed)
    x, depthwise = rng.normal(size=(2, 3, 9, 9)), rng.normal(size=(3, 1, 3, 3))
    pointwise = rng.normal(size=(5, 3, 1, 1))
    two_steps = conv2d(conv2d(x, depthwise, groups=3), pointwise)
    np.testing.assert_allclose(two_steps, conv2d(x, pointwise * depthwise[:, 0]))
