"""做书用的工具，不随包安装。

一件一个文件，都用 ``python -m tools.名字`` 运行；有 ``make`` 目标的，写在后面。

- ``record``：运行笔记本，写回输出（``make notebooks``）
- ``changed``：只跑改动牵动的测试（``make check``）
- ``prose``：用词与标点（``make check``）
- ``mutants``：把参考解答逐处改错，看练习看不看得出来（``make mutants``）
- ``wrong_answers``：每条提示的错误答案，换种子也要判错
- ``audit``：用 axe-core 审查每一页的无障碍（``make audit``）
- ``speed``：用 Lighthouse 量每一页的快慢（``make audit``）
- ``pdf``：整本书印成一份 PDF（``make pdf``）
- ``epub``：整本书做成一份 EPUB（``make epub``）
- ``zip``：网站做成一个压缩包（``make zip``）
- ``slides``：把每章的幻灯片印成 PDF（``make slides``）
- ``upkeep``：用最旧与最新的依赖重跑全部，查链接，写出报告（``make upkeep``）
- ``font``：做出图用的字体子集（``make font``）
"""
