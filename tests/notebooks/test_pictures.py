import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.notebooks import pictures


def canvas(text: str = "0.98", dx: float = 0.0, grey: int = 0) -> np.ndarray:
    """一条斜线和一行字，画在四倍大的纸上再缩小，所以 ``dx`` 可以不到一个像素。"""
    big = Image.new("RGB", (1600, 1200), "white")
    draw = ImageDraw.Draw(big)
    draw.line([(100 + 4 * dx, 1100), (1500 + 4 * dx, 100)], fill=(0, 90, 180), width=8)
    draw.text((1000, 1000), text, fill=(grey,) * 3, font_size=44)
    return np.asarray(big.resize((400, 300), Image.Resampling.BOX), dtype=float)


def load(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture)


def test_the_same_picture_has_no_difference():
    assert pictures.difference(canvas(), canvas()) is None


def test_noise_and_a_tenth_of_a_pixel_are_tolerated():
    noise = np.random.default_rng(0).normal(0, 1.5, canvas().shape).round()
    assert pictures.difference(canvas(), canvas() + noise) is None
    assert pictures.difference(canvas(dx=0.25), canvas(dx=0.3)) is None


@pytest.mark.parametrize("changed", [{"dx": 1}, {"dx": 3}, {"text": "0.96"}, {"text": "0.93"}])
def test_a_moved_line_or_a_changed_digit_is_seen(changed):
    assert "RMS" in pictures.difference(canvas(), canvas(**changed))


def test_a_changed_digit_in_grey_is_seen():
    assert pictures.difference(canvas(grey=130), canvas("0.96", grey=130))


def test_a_faint_change_everywhere_is_seen():
    assert pictures.difference(canvas(), canvas() - 4)


def test_the_message_says_where():
    changed = canvas()
    changed[100:108, 200:208] = 0
    assert "x=204, y=104" in pictures.difference(canvas() * 0 + 255, np.where(changed, 255.0, 0.0))


def test_another_size_is_seen():
    assert "400×300" in pictures.difference(canvas(), canvas()[:-1])


def test_redrawn_by_another_version_is_the_same_picture():
    moved = np.full((302, 401, 3), 255.0)
    moved[2:, 1:] = canvas(dx=2)
    assert pictures.redrawn_difference(canvas(), moved) is None


@pytest.mark.parametrize("changed", [{"dx": 20}, {"text": ""}, {"text": "0.98 0.98"}])
def test_a_line_far_away_or_other_words_are_another_picture(changed):
    assert "RMS" in pictures.redrawn_difference(canvas(), canvas(**changed))


def test_transparent_pixels_are_decoded_on_white():
    file = io.BytesIO()
    Image.new("RGBA", (3, 2), (0, 0, 0, 0)).save(file, "PNG")
    assert (pictures.decode(base64.b64encode(file.getvalue()).decode()) == 255).all()


def test_save_writes_both_pictures_and_their_difference(tmp_path):
    pictures.save(tmp_path / "new", canvas(), canvas("0.96")[:-5])
    saved = {file.stem: load(file) for file in (tmp_path / "new").iterdir()}
    shapes = {name: pixels.shape[:2] for name, pixels in saved.items()}
    assert shapes == {"stored": (300, 400), "fresh": (295, 400), "difference": (295, 400)}
    assert saved["difference"].min() < 128
