"""卷积测试共用的例子：随机的形状、步幅、填充、dtype 与内存次序。"""

import numpy as np
from hypothesis import strategies as st

MEMORY_ORDERS = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "批在最后": lambda x: np.ascontiguousarray(x.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2),
    "负步长": lambda x: x[::-1, :, ::-1, ::-1].copy()[::-1, :, ::-1, ::-1],
    "隔一个取一个": lambda x: np.repeat(x, 2, axis=3)[..., ::2],
}

TOLERANCE = {"float32": 2e-4, "float64": 1e-10}


def rearranged(x, order):
    """同样的数，换一种内存次序，并设为只读。"""
    x = MEMORY_ORDERS[order](x).view()
    x.flags.writeable = False
    return x


@st.composite
def convolutions(draw, smallest_batch=0):
    """一次卷积的全部输入：x, weight, bias, grad_output 与 {stride, padding}。"""
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    n, c, f = draw(st.integers(smallest_batch, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    # 宽 3、步幅 1 的卷积有专门的做法（Winograd），所以多试一些
    kernel = draw(st.tuples(st.integers(1, 4), st.sampled_from([1, 2, 3, 3, 3, 4])))
    stride = draw(st.just((1, 1)) | pairs)
    padding = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    size = [
        max(1, k - 2 * p) + draw(st.integers(0, 6)) for k, p in zip(kernel, padding, strict=True)
    ]
    dtype = draw(st.sampled_from(["float32", "float64"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))

    def random(*shape):
        return rng.normal(size=shape).astype(dtype)

    output = [
        (s + 2 * p - k) // t + 1 for s, p, k, t in zip(size, padding, kernel, stride, strict=True)
    ]
    x, weight, bias = random(n, c, *size), random(f, c, *kernel), random(f)
    return x, weight, bias, random(n, f, *output), {"stride": stride, "padding": padding}


def numerical_gradient(function, x, grad_output, h=1e-6):
    """⟨grad_output, function(x)⟩ 对 x 的中心差分，逐个元素。"""
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = np.sum(grad_output * (function(x + step) - function(x - step))) / (2 * h)
    return gradient
