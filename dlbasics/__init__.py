"""《深度学习基础》的配套包。

每个模块讲一件事，按书里的名字取名；正文、图、练习、评分调用的是同一批函数。
子模块用到时再导入：``from dlbasics.optimizers import Momentum``。
"""
