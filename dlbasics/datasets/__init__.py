"""数据：书里用到的真实图像，MNIST，和你自己的图片。

这里直接给出随库安装、不需要网络的那些；:mod:`dlbasics.datasets.mnist` 读 MNIST，没有就下载；
:mod:`dlbasics.datasets.own_images` 读你自己的图片文件。

>>> digits()[0].shape
(1797, 1, 8, 8)
"""

from dlbasics.datasets.bundled import (
    PHOTOGRAPHS,
    Split,
    StereoPair,
    digits,
    digits_on_canvas,
    faces,
    photograph,
    split,
    stereo_pair,
)

__all__ = [
    "PHOTOGRAPHS",
    "Split",
    "StereoPair",
    "digits",
    "digits_on_canvas",
    "faces",
    "photograph",
    "split",
    "stereo_pair",
]
