"""可操作的图：同一个 ES 模块，在 JupyterLab 里连着内核，在网页里独自运行。

每幅图是一个文件夹：``__init__.py`` 声明它的状态与常数，并用 matplotlib 画出同一状态的静态图；
``figure.js`` 与 ``view.js`` 负责计算与绘图，上下限与常数从 ``facts`` 读。两边的计算由测试在
真正的浏览器里逐点核对。

>>> from dlbasics.live import DampingMap
>>> figure = DampingMap(mu=0.5)
>>> figure.mu
0.5
"""

from dlbasics.live.conditioning import Conditioning
from dlbasics.live.connections import Connections
from dlbasics.live.convolution_steps import Convolution
from dlbasics.live.damping_map import DampingMap
from dlbasics.live.descent_step import DescentStep
from dlbasics.live.minibatch_gradient import MinibatchGradient
from dlbasics.live.momentum_race import MomentumRace
from dlbasics.live.output_size import OutputSize
from dlbasics.live.receptive_field import ReceptiveField
from dlbasics.live.sampling_epoch import SamplingEpoch
from dlbasics.live.shifted_image import ShiftedImage
from dlbasics.live.volume import Volume

__all__ = [
    "Conditioning",
    "Connections",
    "Convolution",
    "DampingMap",
    "DescentStep",
    "MinibatchGradient",
    "MomentumRace",
    "OutputSize",
    "ReceptiveField",
    "SamplingEpoch",
    "ShiftedImage",
    "Volume",
]
