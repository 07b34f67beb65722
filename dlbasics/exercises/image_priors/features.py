"""★★★ 对循环平移不变，又分得清的特征。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint

SAME = 1e-9
DIFFERENT = 1e-3
ORDERLESS = "和与平均值对平移不变，也对任何打乱不变。上下相反的图案，它们分不开。"


def features(images):
    """算出每幅图像的特征：只差循环平移的图像特征相同，其余的特征不同。

    Parameters
    ----------
    images : ndarray, shape (n, H, W)
        n 幅图像，像素是 0 到 9 的整数（float64）。不要修改它。

    Returns
    -------
    ndarray, shape (n, d)
        每幅图像 d 个特征，d 由你决定。
    """
    rng = np.random.default_rng(0)
    columns = []
    for kernel in rng.normal(size=(8, 2, 2)):
        response = np.zeros_like(images)
        for i, j in np.ndindex(2, 2):
            moved = np.roll(images, (-i, -j), axis=(1, 2))
            response += kernel[i, j] * moved
        columns.append(response.max(axis=(1, 2)))
    return np.stack(columns, axis=1)


CORNER = np.array([[2.0, 1.0, 1.0], [2.0, 2.0, 1.0], [1.0, 1.0, 1.0]])


def inputs(rng):
    yield (np.stack([CORNER, np.roll(CORNER, 1, axis=1)]),)
    yield (np.stack([CORNER, 3 - CORNER]),)
    yield (np.stack([CORNER, CORNER[::-1]]),)
    yield (np.stack([CORNER, CORNER[:, ::-1]]),)
    yield (np.stack([CORNER, CORNER[::-1, ::-1]]),)
    for height, width in [(3, 4), (5, 4)]:
        originals = rng.integers(0, 10, size=(3, height, width)).astype(float)
        moves = rng.integers(0, [height, width], size=(3, 2))
        copies = [np.roll(x, move, axis=(0, 1)) for x, move in zip(originals, moves, strict=True)]
        yield (np.concatenate([originals, copies]),)


def only_shifted(a, b):
    """b 是不是 a 的一个循环平移。"""
    return any(np.array_equal(np.roll(a, move, axis=(0, 1)), b) for move in np.ndindex(a.shape))


def problem(answer, images):
    if answer.ndim != 2 or len(answer) != len(images) or answer.shape[1] == 0:
        return f"形状应是 ({len(images)}, d)，得到 {answer.shape}"
    scale = 1 + np.abs(answer).max()
    for i in range(len(images)):
        for j in range(i):
            gap = np.abs(answer[i] - answer[j]).max() / scale
            if only_shifted(images[j], images[i]) and not gap < SAME:
                return f"第 {j} 幅与第 {i} 幅只差一个循环平移，特征却不同"
            if not only_shifted(images[j], images[i]) and not gap > DIFFERENT:
                return f"第 {j} 幅与第 {i} 幅不是彼此的平移，特征却几乎相同"
    return ""


EXERCISE = Exercise(
    id="image_priors/features",
    title="不变，又分得清",
    stars=3,
    points=4,
    statement=r"""
对平移不变很容易：每幅图像都返回 0 就行，但那样什么也分不清。
写一个函数，输入是 $n$ 幅高 $H$、宽 $W$ 的图像，每幅算出 $d$ 个特征（$d$ 由你决定），要求

- 两幅图像只差一个循环平移时（`np.roll` 沿高和宽移几格），它们的特征相同；
- 否则它们的特征不同，至少有一个特征的差超过 $0.001\,(1+M)$，$M$ 是特征的绝对值的最大者。

线索：每一步都等变，最后一步不变。用几个卷积核在循环边界上做互相关，再对整张特征图取最大值。
卷积核可以随便取，`np.random.default_rng(0)` 也行，但要认得出图案的左右与上下。

检查时给出成对的图像，任何满足要求的特征都算对。""",
    inputs=inputs,
    reference=features,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda images: images.reshape(len(images), -1),
            "像素原样当作特征，移一格就变了。最后一步要把各个位置合在一起，例如取最大值。",
            "raw_pixels",
        ),
        Hint(
            lambda images: images.max(axis=(1, 2))[:, None],
            "直接对像素取最大值，图案全丢了。先用卷积核认出局部的图案，再取最大值。",
            "pixel_maximum",
        ),
        Hint(
            lambda images: images.mean(axis=(1, 2))[:, None],
            ORDERLESS,
            "pixel_sum",
        ),
        Hint(
            lambda images: images.sum(axis=(1, 2))[:, None],
            ORDERLESS,
            "pixel_sum",
        ),
        Hint(
            lambda images: np.sort(images.reshape(len(images), -1), axis=1),
            "排序以后，只剩下有哪些像素值，像素挨着谁全丢了。",
            "sorted_pixels",
        ),
        Hint(
            lambda images: np.abs(np.fft.fft2(images)).reshape(len(images), -1),
            "傅里叶变换的模确实对循环平移不变，但转了 180° 的图案与原来的模也相同。",
            "fourier_modulus",
        ),
    ],
)
