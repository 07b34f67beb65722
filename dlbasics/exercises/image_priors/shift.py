"""★ 把图像平移，空出的地方补零。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint

NO_NEGATIVE = "正的平移对了，负的没有：负数是向上、向左。"


def shift(image, dy, dx):
    """把图像向下移 dy 行、向右移 dx 列，移出去的丢掉，空出的地方补 0。

    Parameters
    ----------
    image : ndarray, shape (H, W)
        灰度图像。不要修改它。
    dy, dx : int
        行数与列数；负数是向上、向左，绝对值可以比图像还大。

    Returns
    -------
    ndarray, shape (H, W)
        新的图像，dtype 与 image 相同。
    """
    height, width = image.shape
    room = np.pad(image, ((abs(dy), abs(dy)), (abs(dx), abs(dx))))
    top, left = abs(dy) - dy, abs(dx) - dx
    return room[top : top + height, left : left + width]


def inputs(rng):
    yield np.arange(1.0, 10.0).reshape(3, 3), 1, 2
    square = np.array([[1.0, 2.0], [3.0, 4.0]])
    for dy, dx in [(1, 1), (-1, 1), (1, -1), (0, 0), (0, -5), (-3, 0), (0, -3), (-2, -2)]:
        yield square, dy, dx
    yield np.ones((3, 3)), 4, 0
    yield np.ones((3, 3)), 0, 4
    yield np.array([[1.0, 2.0]], np.float32), 0, 1
    for _ in range(4):
        height, width, dy, dx = map(int, rng.integers([2, 2, -3, -3], [5, 5, 4, 4]))
        yield rng.normal(size=(height, width)), dy, dx


def edge_filled(image, dy, dx):
    height, width = image.shape
    rows = np.clip(np.arange(height) - dy, 0, height - 1)
    columns = np.clip(np.arange(width) - dx, 0, width - 1)
    return image[np.ix_(rows, columns)]


EXERCISE = Exercise(
    id="image_priors/shift",
    title="平移一幅图像",
    stars=1,
    points=2,
    statement=r"""
图像 $x$ 有 $H$ 行 $W$ 列。平移（translation）$T$ 把每个像素搬到别处：
向下移 $\delta_y$ 行、向右移 $\delta_x$ 列以后，

$$(Tx)_{i,j} = x_{i-\delta_y,\,j-\delta_x}$$

右边的位置落在图像外面时，$(Tx)_{i,j}=0$。写出这个函数，图像的大小不变。""",
    inputs=inputs,
    reference=shift,
    compare=equals(),
    hints=[
        Hint(
            lambda image, dy, dx: np.roll(image, (dy, dx), axis=(0, 1)),
            "移出去的像素从对边回来了，这是循环平移。题目要丢掉它们，空出的地方补 0。",
            "circular",
        ),
        Hint(
            edge_filled,
            "空出的地方重复了边上的像素。题目要补 0。",
            "edge_filled",
        ),
        Hint(
            lambda image, dy, dx: shift(image, -dy, -dx),
            "方向反了：dy、dx 是正数时，图像应向下、向右移。",
            "opposite",
        ),
        Hint(
            lambda image, dy, dx: shift(image, dx, dy),
            "dy 与 dx 用反了：第 0 维是行（上下），第 1 维是列（左右）。",
            "swapped_axes",
        ),
        Hint(
            lambda image, dy, dx: image + dx,
            "这是给每个像素的值加一个数，图像只会变亮。平移改的是像素的位置，不是像素的值。",
            "brightened",
        ),
        Hint(
            lambda image, dy, dx: shift(image, max(dy, 0), max(dx, 0)),
            NO_NEGATIVE,
            "positive_only",
        ),
        Hint(
            lambda image, dy, dx: shift(image, abs(dy), abs(dx)),
            NO_NEGATIVE,
            "positive_only",
        ),
        Hint(
            lambda image, dy, dx: shift(image, 0, dx),
            "列移对了，行没有移：dy 没有用上。",
            "rows_unmoved",
        ),
        Hint(
            lambda image, dy, dx: shift(image, dy, 0),
            "行移对了，列没有移：dx 没有用上。",
            "columns_unmoved",
        ),
        Hint(
            lambda image, dy, dx: shift(image, dy, dx).astype(float),
            "数值都对了，dtype 不对：输出的 dtype 应与 image 相同。",
            "wrong_dtype",
        ),
    ],
)
