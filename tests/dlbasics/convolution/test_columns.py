"""im2col 的每一列是一个窗口；col2im 是它的转置。"""

import numpy as np
import pytest
from hypothesis import given

from dlbasics.convolution import col2im, im2col
from tests.dlbasics.convolution.cases import convolutions


@given(case=convolutions(smallest_batch=1))
def test_every_column_is_a_window(case):
    x, weight, _, grad, how = case
    kh, kw = weight.shape[2:]
    (sh, sw), (ph, pw) = how["stride"], how["padding"]
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    cols = im2col(x, (kh, kw), **how)
    for p, (r, c) in enumerate(np.ndindex(*grad.shape[2:])):
        window = padded[:, :, r * sh : r * sh + kh, c * sw : c * sw + kw]
        assert np.array_equal(cols[:, :, p], window.reshape(len(x), -1))


@given(case=convolutions())
def test_col2im_is_the_transpose(case):
    x, weight, _, _, how = case
    x = x.astype(np.float64)
    cols = im2col(x, weight.shape[2:], **how)
    other = np.random.default_rng(0).normal(size=cols.shape)
    back = col2im(other, x.shape, weight.shape[2:], **how)
    assert back.shape == x.shape
    assert np.sum(cols * other) == pytest.approx(np.sum(x * back), abs=1e-9)


def test_one_by_one_columns_are_a_copy():
    x = np.ones((1, 2, 3, 3))
    assert not np.shares_memory(im2col(x, 1), x)
    cols = np.ones((1, 2, 9))
    assert not np.shares_memory(col2im(cols, x.shape, 1), cols)
