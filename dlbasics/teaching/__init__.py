"""教：布置、收取、批改、反馈。

每一层只用到它上面的：

- :mod:`~dlbasics.teaching.notebooks`：由练习对象造出学生笔记本；
- :mod:`~dlbasics.teaching.assigning`：一次作业发给学生的文件夹与 zip，和给 nbgrader 的导出；
- :mod:`~dlbasics.teaching.roster`、:mod:`~dlbasics.teaching.collecting`：名单；按内容收取；
- :mod:`~dlbasics.teaching.results`、:mod:`~dlbasics.teaching.gradebook`：只追加的成绩文件；由它算出的一切；
- :mod:`~dlbasics.teaching.reporting`：每人一页，全班一页，CSV 与 xlsx；
- :mod:`~dlbasics.teaching.cli`：命令 ``dlbasics``。

要 ``pip install "dlbasics[teach]"``。
"""
