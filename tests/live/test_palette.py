"""减色：图的文件变小，看上去不变。"""

import numpy as np
from PIL import Image

from dlbasics.figures.palette import with_fewer_colors


def test_a_line_drawing_needs_few_colors():
    drawing = Image.new("RGB", (64, 64), "white")
    drawing.paste("navy", (8, 8, 40, 12))
    reduced = with_fewer_colors(drawing)
    assert reduced.mode == "P"
    assert np.array_equal(reduced.convert("RGB"), drawing)


def test_a_rare_color_survives():
    shades = np.tile(np.linspace(0, 255, 256, dtype=np.uint8)[None, :, None], (256, 1, 3))
    shades[10:14, 10:14] = (0, 158, 115)
    reduced = with_fewer_colors(Image.fromarray(shades)).convert("RGB")
    assert np.abs(np.subtract(reduced.getpixel((12, 12)), (0, 158, 115))).max() < 20


def test_a_photograph_is_left_alone():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    photograph = Image.fromarray(noise)
    assert with_fewer_colors(photograph) is photograph
