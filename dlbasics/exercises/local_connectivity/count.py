"""★ 全连接与局部连接各有多少个权重。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

NO_CHANNELS = "漏了输入的通道：局部只是在高和宽上局部，每个神经元连着窗口里的全部通道。"


def count(height, width, channels, kernel, filters):
    """同样多的神经元，全连接与局部连接各要多少个权重（不算偏置）。

    Parameters
    ----------
    height, width, channels : int
        输入图像的高、宽、通道数。
    kernel : int
        局部连接时，每个神经元的窗口是 kernel × kernel 个位置。
    filters : int
        每个窗口有几个神经元看着它。

    Returns
    -------
    dense, local : int
        全连接、局部连接的权重个数。
    """
    neurons = (height - kernel + 1) * (width - kernel + 1) * filters
    pixels, window = height * width * channels, kernel * kernel * channels
    return neurons * pixels, neurons * window


def inputs(rng):
    yield 6, 4, 1, 2, 1
    yield 5, 4, 3, 2, 1
    yield 5, 4, 1, 2, 3
    yield 3, 5, 2, 3, 4
    yield 8, 8, 1, 3, 1
    yield 427, 640, 3, 3, 64
    yield tuple(map(int, rng.integers([9, 9, 1, 2, 2], [40, 40, 9, 9, 9])))


EXERCISE = Exercise(
    id="local_connectivity/count",
    title="数一数权重",
    stars=1,
    points=2,
    statement=r"""
一幅图像高 $H$、宽 $W$，有 $C$ 个通道。$K\times K$ 的窗口在图像里每次移一格，不超出边界。
每个窗口有 $F$ 个神经元看着它。每个神经元自己的权重都不与别的神经元共用。

- 局部连接（local connectivity）：神经元只连着自己的窗口，但窗口里的各个通道全都连着；
- 全连接（fully connected）：神经元的个数不变，每个都连着整幅图像。

两种接法各有多少个权重？偏置不算。""",
    inputs=inputs,
    reference=count,
    compare=equals(),
    hints=[
        Hint(
            lambda h, w, c, k, f: (
                (h - k) * (w - k) * f * h * w * c,
                (h - k) * (w - k) * f * k * k * c,
            ),
            "高和宽两个方向上，窗口数都少了一个：宽为 3 的图像里放得下几个宽为 2 的窗口？",
            "windows_one_short",
        ),
        Hint(
            lambda h, w, c, k, f: (h * w * f * h * w * c, h * w * f * k * k * c),
            "神经元太多了：窗口不能超出边界，所以它的个数比像素少。",
            "one_per_pixel",
        ),
        Hint(
            lambda h, w, c, k, f: (h * w * f * h * w * c, count(h, w, c, k, f)[1]),
            "两种接法的神经元一样多：全连接的也是每个窗口 filters 个。",
            "single_full_neuron",
        ),
        Hint(
            lambda h, w, c, k, f: (h * w * c, k * k * c),
            "这只是一个神经元的权重，还要乘以神经元的个数。",
            "one_neuron",
        ),
        Hint(
            lambda h, w, c, k, f: tuple(
                n + (h - k + 1) * (w - k + 1) * f for n in count(h, w, c, k, f)
            ),
            "多算了偏置。题目只数权重。",
            "with_bias",
        ),
        Hint(
            lambda h, w, c, k, f: (count(h, w, c, k, f)[0], k * k * c * f),
            "这样数，所有窗口共用一组权重，那是卷积。这里每个神经元的权重都是自己的。",
            "shared",
        ),
        Hint(
            lambda h, w, c, k, f: (count(h, w, c, k, f)[0], count(h, w, 1, k, f)[1]),
            NO_CHANNELS,
            "no_channels",
        ),
        Hint(lambda h, w, c, k, f: count(h, w, 1, k, f), NO_CHANNELS, "no_channels"),
        Hint(
            lambda h, w, c, k, f: count(h, w, c, k, 1),
            "每个窗口有 filters 个神经元看着它，你只数了一个。",
            "one_filter",
        ),
        Hint(
            lambda h, w, c, k, f: count(h, w, c, k, f)[::-1],
            "两个返回值的次序反了：先全连接，后局部连接。",
            "swapped",
        ),
    ],
)
