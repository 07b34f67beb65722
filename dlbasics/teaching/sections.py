"""每道练习在正文里由哪一节讲：反馈页答错的题旁边，链接到那一节。"""

from __future__ import annotations

from dlbasics.exercises.registry import Chapter

SECTIONS = {
    "image_priors/shift": "第二条：换个地方，还是它",
    "image_priors/lag_correlation": "第一条：近处的像素有关系",
    "image_priors/kind": "等变还不是不变",
    "image_priors/absorb": "打乱像素",
    "image_priors/whole": "边缘、眼睛、一对眼睛",
    "image_priors/layer_error": "为什么卷积是等变的",
    "image_priors/split_pair": "什么时候不再等变",
    "image_priors/features": "等变还不是不变",
    "image_priors/position_rule": "什么时候不灵",
    "local_connectivity/count": "看全部，要付多少账",
    "local_connectivity/mask": "只看一小块",
    "local_connectivity/forward": "只看一小块",
    "local_connectivity/field": "一个神经元看得到多大",
    "local_connectivity/layers_needed": "一个神经元看得到多大",
    "local_connectivity/two_layers": "一个神经元看得到多大",
    "local_connectivity/backward": "只看一小块",
    "local_connectivity/recover": "少几个未知数，少要几张图",
    "local_connectivity/unseen": "少几个未知数，少要几张图",
    "parameter_sharing/count_weights": "共享到哪里为止",
    "parameter_sharing/savings": "省的是参数，不是乘法",
    "parameter_sharing/toeplitz": "反过来：等变的线性层只有卷积",
    "parameter_sharing/sliding": "学会一枚，找到每一枚",
    "parameter_sharing/detector": "同样的像素块，同样的响应",
    "parameter_sharing/shared_gradient": "共享参数怎样学",
    "parameter_sharing/true_convolution": "卷积还是互相关",
    "parameter_sharing/recover": "一张照片就够",
    "parameter_sharing/commuting": "把学到的全连接层投影成卷积",
    "parameter_sharing/merging": "反过来：等变的线性层只有卷积",
    "neuron_volumes/output_shape": "输出有多大",
    "neuron_volumes/slice_and_column": "一摞图",
    "neuron_volumes/channels_last": "内存里只有一维",
    "neuron_volumes/volume_conv": "一个输出通道要几片核",
    "neuron_volumes/fitting": "除不尽的时候",
    "neuron_volumes/pointwise": "1×1 卷积：每个像素一个全连接",
    "neuron_volumes/unfolding": "im2col：把卷积变成矩阵乘法",
    "neuron_volumes/folding": "col2im：转置，不是逆",
    "neuron_volumes/network_cost": "数一数 LeNet-5",
    "neuron_volumes/separable": "再省一点：把核拆开",
    "neuron_volumes/backward": "反向传播",
    "gradient_descent/step": "更新公式",
    "gradient_descent/numerical_gradient": "数值梯度：不求导也能核对",
    "gradient_descent/largest_lr": "多小才算足够小：下降引理",
    "gradient_descent/stationary": "梯度为零，不等于到了最低处",
    "gradient_descent/rescaled": "换一把尺子，方向就变",
    "gradient_descent/rising": "量词：对谁都够小，还是各有各的够小",
    "gradient_descent/backtracking": "量词：对谁都够小，还是各有各的够小",
    "gradient_descent/best_lr": "狭长的碗：条件数",
    "gradient_descent/steps_needed": "狭长的碗：条件数",
    "gradient_descent/softmax_gradient": "真实图像上的 2/L",
    "gradient_descent/far_ahead": "狭长的碗：条件数",
    "gradient_descent/training": "真实图像上的 2/L",
    "minibatch_sgd/split_batches": "更新公式",
    "minibatch_sgd/count_updates": "更新公式",
    "minibatch_sgd/epoch_orders": "一轮之内：放回还是不放回",
    "minibatch_sgd/missed": "一轮之内：放回还是不放回",
    "minibatch_sgd/epoch_mean": "一轮之内：放回还是不放回",
    "minibatch_sgd/bias": "偏不偏：均匀抽样就够了",
    "minibatch_sgd/variance": "散不散：方差公式",
    "minibatch_sgd/reweighted": "偏不偏：均匀抽样就够了",
    "minibatch_sgd/converted_lr": "批量大小与学习率，分开看",
    "minibatch_sgd/stratified": "相似的样本，三种抽法",
    "minibatch_sgd/floor": "噪声地板",
    "minibatch_sgd/loss_gap": "梯度无偏，一步之后的损失不一定",
    "momentum/update": "更新公式",
    "momentum/half_life": "平台：能滑多远",
    "momentum/steps_to_terminal": "恒定的斜坡：终端速度",
    "momentum/closed_form": "恒定的斜坡：终端速度",
    "momentum/conventions": "四种写法",
    "momentum/lr_change": "四种写法",
    "momentum/crossing": "平台：能滑多远",
    "momentum/slower": "到底快几倍",
    "momentum/stability": "碗里的动量",
    "momentum/optimal": "许多方向一起",
    "momentum/worse_valley": "两个谷：冲出去，也可能冲错",
    "train_a_cnn/count_parameters": "网络：把零件装起来",
    "train_a_cnn/confusion": "看看它错在哪里",
    "train_a_cnn/seeds": "每个零件值多少：消融实验",
    "train_a_cnn/standardize": "数据：先划分，再做别的",
    "train_a_cnn/group_split": "数据：先划分，再做别的",
    "train_a_cnn/early_stop": "训练",
    "train_a_cnn/schedule": "学习率的日程",
    "train_a_cnn/shards": "一台机器装不下的时候",
    "train_a_cnn/init_scale": "两项体检",
    "train_a_cnn/adam": "优化器：还有哪些选择",
    "train_a_cnn/wrong_gradient": "梯度检查",
}
"""练习的编号与那一节的标题。"""


def anchor(id: str) -> str:
    """讲一道题的那一节在网页里的标签。

    Examples
    --------
    >>> anchor("momentum/half_life")
    'for-momentum-half_life'
    """
    return f"for-{id.replace('/', '-')}"


def link(id: str, chapter: Chapter) -> str:
    """讲一道题的那一节在网站里的地址，从网站的根算起。"""
    return f"book/{chapter.page}.html#{anchor(id)}"
