"""教学：布置、收取、批改、反馈。要另装 ``pip install "dlbasics[teach]"``。

一份作业从布置到反馈，每一步是一个模块：

- :mod:`~dlbasics.teaching.assignment` 一份作业是什么；
- :mod:`~dlbasics.teaching.submission` 交上来的笔记本里有哪些单元；
- :mod:`~dlbasics.teaching.frames` 沙箱里外怎样说话；
- :mod:`~dlbasics.teaching.runner` 沙箱里面：运行学生的单元，回答一组组输入；
- :mod:`~dlbasics.teaching.sandbox` 沙箱：没有网络，没有家，限定内存、进程、时间；
- :mod:`~dlbasics.teaching.seccomp` 沙箱里不许用的系统调用；
- :mod:`~dlbasics.teaching.sitting` 一份作业在沙箱里的一次批改；
- :mod:`~dlbasics.teaching.grading` 沙箱外面：出题，听答案，评判，分给许多进程和机器。
"""
