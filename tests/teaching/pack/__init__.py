"""一个练习包的样子：书里几道题的变化，六道，三种难度都有。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="pack",
    title="课堂练习",
    page="",
    names=(
        "fading",
        "pooled_shape",
        "coasting",
        "dilated_field",
        "weighted_gradient",
        "rescued",
    ),
)
