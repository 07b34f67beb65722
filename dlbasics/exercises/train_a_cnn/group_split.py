"""★★ 同一个人写的，放在同一边。"""

import numpy as np

from dlbasics.exercises.comparison import satisfies_array
from dlbasics.exercises.exercise import Exercise, Hint

LEAST, MOST = 0.2, 0.3


def group_split(groups):
    """选出测试集：同一组的样本要么全在里面，要么全在外面。

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        每个样本属于哪一组，例如是谁写的。不要修改它。

    Returns
    -------
    ndarray of int, shape (m,)
        测试集的下标，m 在 0.2 n 与 0.3 n 之间，没有重复。
    """
    chosen = []
    for group in np.unique(groups):
        if len(chosen) < 0.2 * len(groups):
            chosen.extend(np.flatnonzero(groups == group))
    return np.array(chosen)


def inputs(rng):
    yield (np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4]),)
    yield (np.array([9, 9, 5, 5, 7, 7, 2, 2, 4, 4, 1, 1, 3, 3, 8, 8, 6, 6, 10, 10, 60, 70]),)
    for groups in (20, 40):
        yield (rng.permutation(np.repeat(np.arange(groups), rng.integers(2, 5, groups).tolist())),)


def problem(test, groups):
    n = len(groups)
    if test.ndim != 1 or np.any(test % 1) or not np.all((0 <= test) & (test < n)):
        return f"应是一维的下标，每个在 0 到 {n - 1} 之间"
    test = test.astype(int)
    if len(np.unique(test)) != len(test):
        return "有重复的下标"
    if not LEAST * n <= len(test) <= MOST * n:
        return f"测试集应有 {LEAST * n:g} 到 {MOST * n:g} 个，得到 {len(test)} 个"
    train = np.setdiff1d(np.arange(n), test)
    both = np.intersect1d(groups[test], groups[train])
    if len(both):
        return f"第 {both[0]} 组的样本两边都有"
    return ""


EXERCISE = Exercise(
    id="train_a_cnn/group_split",
    title="不泄漏的划分",
    stars=2,
    points=3,
    statement=r"""
划分的单位应是相互独立的东西。同一个人写的几个数字、同一张原图变出的几张图像，
若两边都有，测试就成了认熟人。`groups` 是 $n$ 个样本各自所属的组（一个整数，大小没有意义）。
选出测试集的下标（整数，不是 True 与 False）：

- 同一组的样本要么全在测试集里，要么全不在；
- 测试集占全体的 0.2 到 0.3。

每一组都不大，所以总能做到。任何满足要求的选法都算对。""",
    inputs=inputs,
    reference=group_split,
    compare=satisfies_array(problem),
    hints=[
        Hint(
            lambda groups: np.arange(0, len(groups), 4),
            "隔几个取一个，不管它属于哪一组：同一组的样本分到了两边。先选组，再取样本。",
            "strided",
        ),
        Hint(
            lambda groups: np.random.default_rng(0).permutation(len(groups))[: len(groups) // 4],
            "样本打乱再分，同一组的样本分到了两边。先选组，再取样本。",
            "shuffled",
        ),
        Hint(
            lambda groups: np.argsort(groups, kind="stable")[: len(groups) // 4],
            "按组排好再切，切口恰好落在一组中间，这一组两边都有。",
            "cut_inside_group",
        ),
        Hint(
            lambda groups: np.unique(groups)[: len(np.unique(groups)) // 4],
            "返回的是组的编号。要的是属于这些组的样本的下标。",
            "group_numbers",
        ),
        Hint(
            lambda groups: np.flatnonzero(groups < np.unique(groups).mean()),
            "太多了。组的编号没有大小的意思，不能拿它与一个数比：一组一组地取，数样本的个数。",
            "compared_with_number",
        ),
    ],
)
