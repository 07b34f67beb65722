"""整本书做成一份 EPUB：``python -m tools.epub``（即 ``make epub``）。

``pages`` 把构建好的各页改成书里的页，``bound`` 写好目录与书目信息、装成一个文件，``cover`` 画封面。
样式在 ``book.css``。装好的由 EPUBCheck 检查。同样的网站做出的 EPUB，每个字节都一样。
"""
