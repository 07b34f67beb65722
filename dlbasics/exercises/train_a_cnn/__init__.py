"""从零训练一个卷积网络一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="train_a_cnn",
    title="从零训练一个卷积网络",
    page="practice/train_a_cnn",
    names=(
        "count_parameters",
        "confusion",
        "seeds",
        "standardize",
        "group_split",
        "early_stop",
        "schedule",
        "shards",
        "init_scale",
        "adam",
        "wrong_gradient",
    ),
)
