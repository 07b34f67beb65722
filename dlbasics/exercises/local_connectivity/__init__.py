"""局部连接一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="local_connectivity",
    title="局部连接",
    page="convolution/local_connectivity",
    names=(
        "count",
        "mask",
        "forward",
        "field",
        "layers_needed",
        "two_layers",
        "backward",
        "recover",
        "unseen",
    ),
)
