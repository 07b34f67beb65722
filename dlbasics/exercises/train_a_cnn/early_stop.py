"""★★ 早停：什么时候停，用哪一轮的参数。"""

import numpy as np

from dlbasics.exercises.comparison import equals
from dlbasics.exercises.exercise import Exercise, Hint


def early_stop(losses, patience):
    """在哪一轮之后停下，验证损失最低的是哪一轮。

    Parameters
    ----------
    losses : ndarray, shape (n,)
        不停的话，各轮的验证损失；从第 0 轮数起。
    patience : int
        连续这么多轮没有创新低，就停下。

    Returns
    -------
    last : int
        最后训练的一轮。
    best : int
        到停下为止，验证损失最低的一轮（并列时取最早的）。
    """
    best = 0
    for epoch in range(len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best


def inputs(rng):
    yield np.array([5.0, 3.0, 4.0, 3.5, 3.2, 1.0, 2.0, 2.5, 2.2]), 2
    yield np.array([3.0, 2.0, 2.0, 2.0, 1.0]), 2
    yield np.array([5.0, 6.0, 4.0, 4.5, 3.0, 2.0]), 2
    yield np.array([2.0, 2.0, 3.0, 1.0]), 2
    yield np.array([3.0]), 2
    for patience in (1, 3, 4):
        yield (10 / np.arange(1, 16) + rng.normal(0, 1, 15)).round(2), patience


def stop_when(losses, patience, idle):
    """idle(losses, epoch, best, 已经等了几轮) 给出等了几轮。"""
    best = waited = 0
    for epoch in range(len(losses)):
        waited = idle(losses, epoch, best, waited)
        if losses[epoch] < losses[best]:
            best = epoch
        if waited >= patience:
            break
    return epoch, best


def by_previous(losses, epoch, best, waited):
    return waited + 1 if epoch and losses[epoch] >= losses[epoch - 1] else 0


def never_reset(losses, epoch, best, waited):
    return waited + (epoch > 0 and losses[epoch] >= losses[best])


def ties_are_better(losses, patience):
    last, _ = stop_when(
        losses, patience, lambda x, epoch, best, w: 0 if x[epoch] <= x[best] else w + 1
    )
    tail = losses[: last + 1][::-1]
    return last, last - int(np.argmin(tail))


EXERCISE = Exercise(
    id="train_a_cnn/early_stop",
    title="早停",
    stars=2,
    points=2,
    statement=r"""
每一轮结束时量一次验证损失。若连续 `patience` 轮没有创新低，就停下；一直没有这样，就训练到底。
严格小于以前的最低值才算创新低，第 0 轮总算。给你不停的话各轮的验证损失 `losses`，返回两个轮次：
最后训练的一轮，和到那时为止损失最低的一轮（参数应当退回到它）。轮次从 0 数起。""",
    inputs=inputs,
    reference=early_stop,
    compare=equals(),
    hints=[
        Hint(
            lambda losses, patience: stop_when(losses, patience, by_previous),
            "与前一轮比了。要与以前的最低值比：从坏处好转一点，不算创新低。",
            "against_previous",
        ),
        Hint(
            lambda losses, patience: early_stop(losses, patience)[::-1],
            "两个返回值的次序反了：先是最后一轮，再是最好的一轮。",
            "swapped",
        ),
        Hint(ties_are_better, "持平不算创新低，要严格小于。", "ties_are_better"),
        Hint(
            lambda losses, patience: (len(losses) - 1, int(np.argmin(losses))),
            "一直训练到了底，patience 没有用上。",
            "patience_ignored",
        ),
        Hint(
            lambda losses, patience: (early_stop(losses, patience)[0], int(np.argmin(losses))),
            "停下以后的各轮不会发生，不能从它们里面挑。",
            "future_epochs",
        ),
        Hint(
            lambda losses, patience: early_stop(losses, patience + 1),
            "多等了一轮：连续 patience 轮没有创新低就停，不是超过 patience 轮。",
            "one_more",
        ),
        Hint(
            lambda losses, patience: (early_stop(losses, patience)[0],) * 2,
            "最后一轮不是最好的一轮：停下的时候，损失已经几轮没有创新低了。",
            "last_not_best",
        ),
        Hint(
            lambda losses, patience: stop_when(losses, patience, never_reset),
            "创新低以后，没有从头数起。要的是连续几轮。",
            "not_reset",
        ),
    ],
)
