"""PNG 里写的版面是真的：照片在那里，各格在那里，像素细一倍。"""

import io
import json

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.transforms import Affine2D
from PIL import Image

from dlbasics.figures.picture import KEYWORD, WHOLE, png, shown


@pytest.fixture(autouse=True)
def own_style():
    """别的测试用过书的样式，这里仍用 Matplotlib 自己的。"""
    with plt.style.context("default", after_reset=True):
        yield
        plt.close("all")


def opened(figure):
    picture = Image.open(io.BytesIO(png(figure)))
    return np.asarray(picture.convert("RGB")).astype(int), json.loads(picture.info[KEYWORD])


def inside(pixels, box):
    left, top, right, bottom = box
    return pixels[top + 2 : bottom - 2, left + 2 : right - 2].reshape(-1, 3)


def test_the_boxes_are_where_the_pictures_are():
    figure, axes = plt.subplots(1, 2, layout="constrained")
    for ax in axes:
        ax.imshow(np.full((4, 6, 3), [255, 0, 0], np.uint8), aspect="auto")
        ax.spines[:].set_visible(False)
    pixels, layout = opened(figure)
    red = (pixels == [255, 0, 0]).all(axis=2)
    assert len(layout["images"]) == 2
    for box in layout["images"]:
        assert (inside(pixels, box) == [255, 0, 0]).all()
        left, top, right, bottom = box
        red[max(top - 1, 0) : bottom + 1, left - 1 : right + 1] = False
    assert not red.any()


def test_the_axes_are_where_the_layout_says():
    figure, axes = plt.subplots(1, 3, sharey=True, layout="constrained")
    axes[0].imshow(np.zeros((3, 4)), cmap="gray_r")
    pixels, layout = opened(figure)
    for panel in layout["panels"]:
        left, top, _, bottom = panel["axes"]
        spine = pixels[(top + bottom) // 2, left - 2 : left + 2]
        assert spine.min() == 0


def test_a_leaning_image_is_named_by_its_corners():
    _, ax = plt.subplots()
    lean = Affine2D.from_values(0.5, 0.2, 0, -0.6, 0.2, 0.7) + ax.transData
    ax.imshow(np.zeros((2, 2, 3)), extent=(0, 1, 1, 0), transform=lean)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    pixels, layout = opened(ax.figure)
    (outline,) = layout["images"]
    xs, ys = outline[::2], outline[1::2]
    assert xs[0] == xs[3] < xs[1] == xs[2]
    assert ys[1] < ys[0] < ys[2] < ys[3]
    assert (pixels[sum(ys) // 4, sum(xs) // 4] == 0).all()


def test_the_keys_beside_a_photograph_keep_its_colours():
    _, axes = plt.subplots(1, 2)
    axes[0].imshow(np.zeros((2, 2)))
    for ax in axes:
        ax.plot([], [], "s", color="yellow", label="key")
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.1))
    pixels, layout = opened(axes[0].figure)
    _, key = layout["images"]
    assert ([255, 255, 0] == inside(pixels, key)).all(axis=1).any()


def test_a_whole_figure_names_no_panels():
    figure, _ = plt.subplots(1, 2)
    assert opened(figure)[1]["panels"]
    figure.set_label(WHOLE)
    assert not opened(figure)[1]["panels"]


def test_a_colour_bar_is_kept_with_its_image_but_not_with_contours():
    figure, axes = plt.subplots(1, 2, layout="constrained")
    values = np.arange(12.0).reshape(3, 4)
    image = axes[0].imshow(values)
    figure.colorbar(image, ax=axes[0])
    figure.colorbar(axes[1].contourf(values), ax=axes[1])
    _, layout = opened(figure)
    assert (len(layout["images"]), len(layout["panels"])) == (2, 2)


def test_every_pixel_of_ink_is_in_a_panel():
    figure, axes = plt.subplots(1, 3, sharey=True, layout="constrained")
    for ax in axes:
        ax.plot([0, 1])
        ax.set(title="t", xlabel="x", ylabel="y")
    pixels, layout = opened(figure)
    ink = (pixels < 250).any(axis=2)
    for panel in layout["panels"]:
        left, top, right, bottom = panel["box"]
        assert left < panel["axes"][0] < right
        ink[top - 2 : bottom + 2, left - 2 : right + 2] = False
    assert not ink.any()
    assert [panel.get("labels") for panel in layout["panels"]] == [None, 0, 0]


def test_twice_as_fine_and_the_figure_is_as_before():
    figure = plt.figure(figsize=(3, 2), dpi=110)
    figure.add_axes((0.1, 0.1, 0.8, 0.8))
    _, size = shown(figure)
    height, width, _ = opened(figure)[0].shape
    assert size == {"width": width // 2, "height": height // 2}
    assert width > 2 * 110 * 3 * 0.8
    assert figure.dpi == 110


def test_an_empty_figure_is_not_shown():
    assert shown(plt.figure()) is None
