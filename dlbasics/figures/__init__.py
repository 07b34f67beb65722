"""各章的图。每章一个模块，样式与字体在 :mod:`dlbasics.figures.style`。"""

from dlbasics.figures.style import use_style

__all__ = ["use_style"]
