"""沙箱：学生的代码关在里面运行，外面只听答案。

- :mod:`~dlbasics.teaching.box.frames` 里外怎样说话；
- :mod:`~dlbasics.teaching.box.runner` 里面：运行学生的单元，回答一组组输入；
- :mod:`~dlbasics.teaching.box.limits` 最多用多少内存、进程、磁盘与时间；
- :mod:`~dlbasics.teaching.box.seccomp` 里面不许用的系统调用；
- :mod:`~dlbasics.teaching.box.walls` 看得见什么，看不见什么；
- :mod:`~dlbasics.teaching.box.processes` 从外面看里面的进程；
- :mod:`~dlbasics.teaching.box.sandbox` 起一个沙箱，送进去，收回来，用完全没了；
- :mod:`~dlbasics.teaching.box.probe` 这台机器上起不起得来；
- :mod:`~dlbasics.teaching.box.sitting` 一份作业在沙箱里的一次批改。
"""
