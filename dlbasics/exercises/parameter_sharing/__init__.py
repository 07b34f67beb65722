"""参数共享一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="parameter_sharing",
    title="参数共享",
    page="convolution/parameter_sharing",
    names=(
        "count_weights",
        "savings",
        "toeplitz",
        "sliding",
        "detector",
        "shared_gradient",
        "true_convolution",
        "recover",
        "commuting",
        "merging",
    ),
)
