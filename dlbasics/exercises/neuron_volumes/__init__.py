"""三维组织一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="neuron_volumes",
    title="三维组织",
    page="convolution/neuron_volumes",
    names=(
        "output_shape",
        "slice_and_column",
        "channels_last",
        "volume_conv",
        "fitting",
        "pointwise",
        "unfolding",
        "folding",
        "network_cost",
        "separable",
        "backward",
    ),
)
