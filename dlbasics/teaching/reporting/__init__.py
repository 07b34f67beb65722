"""反馈：每个学生一页，告诉他错在哪里、重读哪一节；全班一页，告诉教师哪些误解有多少人、该重讲哪一句。

- :mod:`~dlbasics.teaching.reporting.course` 写反馈要知道的题目与网址；
- :mod:`~dlbasics.teaching.reporting.outcomes` 一道题的状态；全班的状态与误解；
- :mod:`~dlbasics.teaching.reporting.page` 一个不靠别的文件的网页；
- :mod:`~dlbasics.teaching.reporting.student_page`、:mod:`~dlbasics.teaching.reporting.class_page`
  每人一页，全班一页；
- :mod:`~dlbasics.teaching.reporting.tables` CSV 与 xlsx。
"""
