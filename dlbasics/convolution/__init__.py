"""卷积、局部连接与汇聚，只用 NumPy。

约定：

- 形状是 [N, C, H, W]：N 张图，C 个通道，高 H，宽 W。float32 进 float32 出，float64 进 float64 出。
- “卷积”指互相关：卷积核不翻转，直接与窗口对齐相乘再相加。深度学习里都是这样称呼的。
- 输入从不被修改，结果也不与输入共用内存。

目录：

- :mod:`.shapes`：输出有多大，感受野有多大。
- :mod:`.windows`：滑动窗口，其余各篇都用它。
- :mod:`.naive`：卷积的定义，逐个循环。
- :mod:`.columns`：im2col，卷积变成矩阵乘法，前向六行、反向八行。
- :mod:`.fast`：训练网络用的快速版，:func:`conv2d` 与 :func:`conv2d_backward`；它怎么快，依次见
  :mod:`.rows`（内存的摆法）、:mod:`.unfolding`（横向展开）、:mod:`.winograd`（少做乘法）、
  :mod:`.workers`（分工）。
- :mod:`.sparse`：空洞卷积与分组卷积，都是某些权重恒为 0 的普通卷积。
- :mod:`.local`：局部连接，每个位置一个卷积核。
- :mod:`.pooling`：最大汇聚与平均汇聚。
- :mod:`.matrix`：把卷积写成一个矩阵。
"""

from dlbasics.convolution.columns import (
    col2im,
    conv2d_im2col,
    conv2d_im2col_backward,
    im2col,
)
from dlbasics.convolution.fast import conv2d, conv2d_backward
from dlbasics.convolution.local import local2d, local2d_backward
from dlbasics.convolution.matrix import conv_matrix
from dlbasics.convolution.naive import conv2d_naive
from dlbasics.convolution.pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
    global_max_pool2d,
    global_max_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from dlbasics.convolution.shapes import conv_output_size, receptive_field

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv2d_im2col",
    "conv2d_im2col_backward",
    "conv2d_naive",
    "conv_matrix",
    "conv_output_size",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "global_max_pool2d",
    "global_max_pool2d_backward",
    "im2col",
    "local2d",
    "local2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "receptive_field",
]
