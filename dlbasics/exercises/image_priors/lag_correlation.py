"""★ 相隔几个像素，还有多相关。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

NOT_DIVIDED = "这是协方差，还要除以两个标准差，才与亮度的单位无关。"


def lag_correlation(image, distance):
    """同一行里相隔 distance 列的两个像素的相关系数。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像。不要修改它。
    distance : int
        相隔几列，1 ≤ distance < W。

    Returns
    -------
    float
        所有这样的像素对的相关系数，在 −1 与 1 之间。
    """
    left, right = image[:, :-distance], image[:, distance:]
    return np.corrcoef(left.ravel(), right.ravel())[0, 1]


def inputs(rng):
    yield np.array([[4.0, 3.0, 7.0], [3.0, 6.0, 1.0], [0.0, 6.0, 4.0]]), 1
    yield np.array([[1.0, 2.0, 0.0, 2.0], [4.0, 1.0, 3.0, 3.0], [0.0, 5.0, 2.0, 1.0]]), 2
    smooth = np.cumsum(rng.normal(size=(6, 8)), axis=1)
    for distance in (1, 2, 3):
        yield smooth, distance
    yield rng.permutation(smooth.ravel()).reshape(6, 8), 1


def pairs(image, distance):
    return image[:, :-distance].ravel(), image[:, distance:].ravel()


def cosine(image, distance):
    left, right = pairs(image, distance)
    return left @ right / np.sqrt(left @ left * (right @ right))


def covariance(image, distance):
    left, right = pairs(image, distance)
    return np.mean((left - left.mean()) * (right - right.mean()))


def whole_image(image, distance):
    left, right = pairs(image, distance)
    return np.mean((left - image.mean()) * (right - image.mean())) / image.var()


EXERCISE = Exercise(
    id="image_priors/lag_correlation",
    title="相邻的像素有多像",
    stars=1,
    points=2,
    statement=r"""
局部性说的是：离得近的像素关系密切，离得远的关系淡薄。把它量出来。

在高 $H$、宽 $W$ 的图像 $x$ 里，取出同一行、相隔 $d$ 列的全部像素对 $(x[r,c],\;x[r,c+d])$，
左边的数记作 $a_1,\dots,a_m$，右边的记作 $b_1,\dots,b_m$，共有 $m=H(W-d)$ 对。求它们的相关系数

$$\rho=\frac{\sum_i(a_i-\bar a)(b_i-\bar b)}
{\sqrt{\sum_i(a_i-\bar a)^2}\,\sqrt{\sum_i(b_i-\bar b)^2}}$$

其中 $\bar a$、$\bar b$ 是平均值，参数 `distance` 是 $d$。

想一想：把一幅照片的像素全部打乱，$\rho$ 会变成多少？""",
    inputs=inputs,
    reference=lag_correlation,
    compare=equals(),
    hints=[
        Hint(
            lambda image, distance: np.corrcoef(
                image.ravel(), np.roll(image, -distance, axis=1).ravel()
            )[0, 1],
            "右边缘的像素绕回左边缘配成了对。它们并不相邻，只取真正在图像里的像素对。",
            "wrapped",
        ),
        Hint(
            lambda image, distance: np.corrcoef(
                image.ravel()[:-distance], image.ravel()[distance:]
            )[0, 1],
            "图像拉直以后，一行的末尾与下一行的开头也配成了对。只取同一行里的像素对。",
            "flattened",
        ),
        Hint(cosine, "没有减去平均值：整幅图都亮时，这个比值总是接近 1，说明不了相关。", "cosine"),
        Hint(
            whole_image,
            "平均值和标准差用了整幅图的。左边的一组数与右边的一组数，应各用自己的。",
            "whole_image",
        ),
        Hint(covariance, NOT_DIVIDED, "covariance"),
        Hint(
            lambda image, distance: np.cov(*pairs(image, distance))[0, 1], NOT_DIVIDED, "covariance"
        ),
        Hint(
            lambda image, distance: lag_correlation(image.T, distance),
            "配的是上下两个像素。题目要同一行里的左右两个。",
            "vertical",
        ),
        Hint(
            lambda image, distance: (
                np.cov(*pairs(image, distance))[0, 1]
                / (pairs(image, distance)[0].std() * pairs(image, distance)[1].std())
            ),
            "协方差与标准差用的除数不同：一个除以 m − 1，另一个除以 m。要除就除同一个数。",
            "mixed_divisors",
        ),
        Hint(
            lambda image, distance: np.mean(
                [np.corrcoef(row[:-distance], row[distance:])[0, 1] for row in image]
            ),
            "你算了每一行的相关系数，再取平均。题目要把各行的像素对放在一起，只算一个。",
            "row_by_row",
        ),
        Hint(
            lambda image, distance: lag_correlation(image, distance) ** 2,
            "这是相关系数的平方，正负号丢了。",
            "squared",
        ),
        Hint(
            lambda image, distance: lag_correlation(image, 1),
            "distance 没有用上：你总在算相邻的像素。",
            "fixed_distance",
        ),
    ],
)
