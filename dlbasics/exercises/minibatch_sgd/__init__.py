"""小批量随机梯度下降一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="minibatch_sgd",
    title="小批量随机梯度下降",
    page="descent/minibatch_sgd",
    names=(
        "split_batches",
        "count_updates",
        "epoch_orders",
        "missed",
        "epoch_mean",
        "bias",
        "variance",
        "reweighted",
        "converted_lr",
        "stratified",
        "floor",
        "loss_gap",
    ),
)
