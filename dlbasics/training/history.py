"""训练的记录。"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class History:
    """每一轮的记录，一轮一个数。

    Attributes
    ----------
    loss : list of float
        训练损失：这一轮里每个样本轮到时的损失的平均（参数一边走一边在变）。
    validation_loss : list of float
        每轮结束时验证集上的平均损失；没有验证集则是空的。
    validation_accuracy : list of float
        每轮结束时验证集上的正确率；标签不是整数的类则是空的。
    steps : int
        参数一共更新了多少次。
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    steps: int = 0

    @property
    def epochs(self) -> int:
        """已经走完的轮数。"""
        return len(self.loss)

    def epochs_without_improvement(self) -> int:
        """验证损失最低的那一轮之后，又走了多少轮。"""
        if not self.validation_loss:
            return 0
        best = self.validation_loss.index(min(self.validation_loss))
        return len(self.validation_loss) - 1 - best
