"""各章的研究：一章为了看清一件事而量的量。卷积、层与优化器不靠它们也能用。

- 图像的三个特性：:mod:`image_statistics`、:mod:`shifting`
- 局部连接：:mod:`eye_neuron`、:mod:`identifiability`
- 参数共享：:mod:`circulant`
- 三维组织：:mod:`kernel_bank`
- 梯度下降：:mod:`smoothness`、:mod:`convergence`
- 小批量随机梯度下降：:mod:`sampling_theory`
- 动量法：:mod:`rolling`、:mod:`momentum_conventions`
"""
