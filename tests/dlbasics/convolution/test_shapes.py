"""尺寸的算术：与数出来的一样，与课本上的网络一样。"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbasics.convolution import conv2d, conv_output_size, receptive_field

small = st.integers(1, 5)


@given(st.integers(1, 30), small, small, st.integers(0, 4))
def test_output_size_counts_the_windows(size, kernel, stride, padding):
    starts = [s for s in range(0, size + 2 * padding, stride) if s + kernel <= size + 2 * padding]
    if starts:
        assert conv_output_size(size, kernel, stride=stride, padding=padding) == len(starts)
    else:
        with pytest.raises(ValueError, match="kernel"):
            conv_output_size(size, kernel, stride=stride, padding=padding)


@pytest.mark.parametrize(
    ("size", "layers", "sizes"),
    [
        (
            32,
            [(5, 1, 0), (2, 2, 0), (5, 1, 0), (2, 2, 0), (5, 1, 0)],
            [28, 14, 10, 5, 1],
        ),  # LeNet-5
        (227, [(11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1)], [55, 27, 27, 13, 13]),
        (224, [(7, 2, 3), (3, 2, 1)], [112, 56]),  # ResNet 的开头，除不尽时向下取整
    ],
)
def test_sizes_of_known_networks(size, layers, sizes):
    found = []
    for kernel, stride, padding in layers:
        size = conv_output_size(size, kernel, stride=stride, padding=padding)
        found.append(size)
    assert found == sizes


def test_the_alexnet_figure_only_works_with_227():
    assert conv_output_size(227, 11, stride=4) == 55
    assert conv_output_size(224, 11, stride=4) == 54


@given(st.integers(1, 30), small, small, st.integers(0, 4), small)
def test_a_dilated_kernel_counts_as_the_wider_one(size, kernel, stride, padding, dilation):
    """空洞的核与张开后一样宽的核，放得下同样多的窗口。"""
    how = {"stride": stride, "padding": padding}
    reach = np.arange(kernel)[-1] * dilation + 1
    if reach > size + 2 * padding:
        with pytest.raises(ValueError, match="kernel"):
            conv_output_size(size, kernel, dilation=dilation, **how)
    else:
        found = conv_output_size(size, kernel, dilation=dilation, **how)
        assert found == conv_output_size(size, int(reach), **how)


def test_no_layers_see_one_pixel():
    assert receptive_field([]) == 1


widths = st.integers(1, 3)


@given(
    st.lists(st.tuples(st.integers(1, 4), widths, widths), min_size=1, max_size=3)
    | st.lists(st.tuples(st.integers(1, 4), widths), min_size=1, max_size=3)
)
def test_receptive_field_is_what_a_perturbation_reaches(layers):
    size = 1
    for kernel, stride, *dilation in reversed(layers):
        size = (size - 1) * stride + (kernel - 1) * sum(dilation or [1]) + 1
    size += 5
    pixels = np.eye(size).reshape(size, 1, 1, size)  # 每张图只有一个像素是 1
    for kernel, stride, *dilation in layers:
        how = {"stride": (1, stride), "dilation": (1, *(dilation or [1]))}
        pixels = conv2d(pixels, np.ones((1, 1, 1, kernel)), **how)
    reached = np.flatnonzero(pixels[:, 0, 0, 0])
    assert reached[-1] - reached[0] + 1 == receptive_field(layers)
