"""梯度下降一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="gradient_descent",
    title="梯度下降",
    page="descent/gradient_descent",
    names=(
        "step",
        "numerical_gradient",
        "largest_lr",
        "stationary",
        "rescaled",
        "rising",
        "backtracking",
        "best_lr",
        "steps_needed",
        "softmax_gradient",
        "far_ahead",
        "training",
    ),
)
