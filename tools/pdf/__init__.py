"""整本书印成一份 PDF：``python -m tools.pdf``（即 ``make pdf``）。

``joined`` 把构建好的各页接成一页，``typefaces`` 备好要嵌进去的字体，``printed`` 请 Chromium 印，
``proof`` 校对印好的。样式在 ``paper.css``。
"""
