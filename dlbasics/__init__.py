"""《深度学习基础》的配套包。

从下往上读，每一层只用下面的：

- 算：:mod:`convolution`
- 学：:mod:`layers`、:mod:`losses`、:mod:`optimizers`、:mod:`sampling`、:mod:`training`，
  连同它们用的 :mod:`datasets` 与 :mod:`landscapes`、核对它们的 :mod:`gradcheck` 与 :mod:`metrics`
- 量：:mod:`studies`，各章的研究
- 画：:mod:`figures`，各章的图
- 动：:mod:`live`，手能操作的图
- 问与判：:mod:`exercises`

正文、图、练习、评分调用的是同一批函数。子模块用到时再导入：
``from dlbasics.optimizers import Momentum``。
"""
