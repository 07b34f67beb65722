"""★★ 选步幅和填充，得到想要的尺寸。"""

from dlbasics.convolution import conv_output_size
from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint


def fit_size(size, kernel, target):
    """选步幅和填充，使输出的边长恰好是 target。

    Parameters
    ----------
    size, kernel : int
        输入与卷积核的边长。
    target : int
        想要的输出的边长。

    Returns
    -------
    stride, padding : int
        步幅 ≥ 1；0 ≤ 填充 < kernel。
    """
    for padding in range(kernel):
        for stride in range(1, size + 1):
            if (size + 2 * padding - kernel) // stride + 1 == target:
                return stride, padding


def inputs(rng):
    yield 15, 5, 5
    yield 6, 3, 3
    yield 5, 3, 5
    yield 32, 5, 28
    yield 224, 11, 55
    yield 224, 7, 112
    yield 5, 3, 7
    yield 5, 1, 1
    for _ in range(3):
        size, kernel, stride = rng.integers([10, 2, 1], [60, 8, 5]).tolist()
        padding = int(rng.integers(0, kernel))
        yield size, kernel, conv_output_size(size, kernel, stride=stride, padding=padding)


def problem(stride, padding, size, kernel, target):
    if stride % 1 or padding % 1:
        return "步幅和填充都应是整数"
    if stride < 1:
        return "步幅应至少是 1"
    if not 0 <= padding < kernel:
        return f"填充应在 0 与 {kernel - 1} 之间"
    got = conv_output_size(size, kernel, stride=int(stride), padding=int(padding))
    return "" if got == target else f"这样的输出边长是 {got}，不是 {target}"


EXERCISE = Exercise(
    id="neuron_volumes/fitting",
    title="凑出想要的尺寸",
    stars=2,
    points=2,
    statement=r"""
设计网络时常要反过来问：输入的边长是 `size`，卷积核的边长是 `kernel`，
想要输出的边长恰好是 `target`，步幅和填充该取多少？

步幅至少是 1；每一边填充的圈数至少是 0，而且小于核的边长，否则有的窗口里全是填充的 0。
除不尽时向下取整。题目保证有答案，可能不止一个，随便哪个都算对。

试一试 224、11、55：AlexNet 的论文写输入是 224，步幅 4。不填充的话，输出是 55 吗？""",
    inputs=inputs,
    reference=fit_size,
    compare=satisfies(problem, count=2),
    hints=[
        Hint(
            lambda size, kernel, target: (1, (kernel - 1) // 2),
            "步幅 1、填充核的一半，输出与输入一样大。要小一些，可以少填充，也可以加大步幅。",
            "same_size",
        ),
        Hint(
            lambda size, kernel, target: (1, 0),
            "步幅 1、不填充，只在 target 恰好是 size − kernel + 1 时对。",
            "valid_only",
        ),
        Hint(
            lambda size, kernel, target: (size // target, 0),
            "步幅取 size ÷ target、不填充，边上还差几个像素。写出输出边长的公式，看填充怎样补上。",
            "blocks",
        ),
        Hint(
            lambda size, kernel, target: fit_size(size, kernel, target)[::-1],
            "两个返回值的次序反了：先步幅，后填充。",
            "swapped",
        ),
        Hint(
            lambda size, kernel, target: (2, 1),
            "步幅 2、填充 1 在这里不合适。写出输出边长的公式，再让步幅和填充随输入变。",
            "fixed_answer",
        ),
    ],
)
