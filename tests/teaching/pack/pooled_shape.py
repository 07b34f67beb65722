"""★ 汇聚以后有多大：输出尺寸的变化。"""

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def pooled_shape(channels, height, width, kernel, stride):
    """汇聚层的输出的形状，不填充。

    Parameters
    ----------
    channels, height, width : int
        输入的通道数、高、宽。
    kernel, stride : int
        窗口的边长与步幅。

    Returns
    -------
    channels, height, width : int
        输出的通道数、高、宽。
    """
    return channels, (height - kernel) // stride + 1, (width - kernel) // stride + 1


def inputs(rng):
    yield 3, 4, 6, 2, 2
    yield 2, 8, 9, 4, 2
    for _ in range(4):
        kernel, stride = map(int, rng.integers(2, 5, size=2))
        channels, height, width = map(int, rng.integers(kernel + 1, 20, size=3))
        yield channels, height, width, kernel, stride


EXERCISE = Exercise(
    id="pack/pooled_shape",
    title="汇聚以后有多大",
    stars=1,
    points=1,
    statement=r"""
输入有 $C$ 个通道，高 $H$，宽 $W$。汇聚的窗口边长是 $k$（参数 `kernel`），步幅是 $s$
（参数 `stride`），不填充。最后凑不满一个步幅的行和列，没有窗口从那里开始。
求输出的通道数、高和宽。""",
    inputs=inputs,
    reference=pooled_shape,
    compare=equals(),
    hints=[
        Hint(
            lambda channels, height, width, kernel, stride: (
                1,
                (height - kernel) // stride + 1,
                (width - kernel) // stride + 1,
            ),
            "汇聚不混合通道：每个通道各自汇聚，通道数不变。",
            "one_map",
        ),
        Hint(
            lambda channels, height, width, kernel, stride: (
                channels,
                height // stride,
                width // stride,
            ),
            "漏了窗口的边长：第一个窗口就占去 k 格，剩下的 H − k 格才按步幅数。",
            "uncut",
        ),
    ],
)
