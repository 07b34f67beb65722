"""图像的三个特性一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="image_priors",
    title="图像的三个特性",
    page="convolution/image_priors",
    names=(
        "shift",
        "lag_correlation",
        "kind",
        "absorb",
        "whole",
        "layer_error",
        "split_pair",
        "features",
        "position_rule",
    ),
)
