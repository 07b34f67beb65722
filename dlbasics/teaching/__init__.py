"""教：布置、收取、批改、反馈。要另装 ``pip install "dlbasics[teach]"``。

一份作业从布置到反馈，每一步是一个模块，后面的只用到前面的：

- :mod:`~dlbasics.teaching.assignment` 一份作业是什么；
- :mod:`~dlbasics.teaching.notebooks` 由练习对象造出学生笔记本；
- :mod:`~dlbasics.teaching.assigning` 发给学生的文件夹与 zip，和给 nbgrader 的导出；
- :mod:`~dlbasics.teaching.submission` 交上来的笔记本里有哪些单元；
- :mod:`~dlbasics.teaching.box` 沙箱：没有网络，没有家，限定内存、进程、时间；学生的代码关在里面；
- :mod:`~dlbasics.teaching.grading` 沙箱外面：出题，听答案，评判，分给许多进程和机器；
- :mod:`~dlbasics.teaching.spreadsheets`、:mod:`~dlbasics.teaching.roster` CSV 与 xlsx；名单；
- :mod:`~dlbasics.teaching.archives`、:mod:`~dlbasics.teaching.collecting`
  文件夹与压缩包里的每个文件；按内容收取；
- :mod:`~dlbasics.teaching.results`、:mod:`~dlbasics.teaching.gradebook`
  只追加的成绩文件，和由它算出的成绩册；
- :mod:`~dlbasics.teaching.sections`、:mod:`~dlbasics.teaching.similarity`
  哪一节讲哪道题；很像的长答案；
- :mod:`~dlbasics.teaching.reporting` 每人一页，全班一页，CSV 与 xlsx；
- :mod:`~dlbasics.teaching.homework`、:mod:`~dlbasics.teaching.marking` 一次作业的文件夹，和批改它；
- :mod:`~dlbasics.teaching.doctor` 这台电脑能不能批改；
- :mod:`~dlbasics.teaching.new_exercise` 自己出题；
- :mod:`~dlbasics.teaching.commands` 命令 ``dlbasics``，一条命令一个模块。
"""
