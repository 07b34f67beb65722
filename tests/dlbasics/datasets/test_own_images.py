"""自己的图像：尺寸、颜色、范围、明暗，以及读不出的文件。"""

import numpy as np
import pytest
from PIL import Image

from dlbasics.datasets.own_images import read_folder, read_image


def save(path, pixels, **options):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(path, **options)
    return path


def test_a_wide_picture_is_padded_not_stretched_or_cropped(tmp_path):
    pixels = np.full((10, 30), 200)
    pixels[:, 10:20] = 0
    image = read_image(save(tmp_path / "a.png", pixels), 30)
    assert image.shape == (1, 30, 30)
    np.testing.assert_array_equal(image[0, 10:20, 10:20], 0)
    assert (image[0, :10] == image[0, 0, 0]).all()
    np.testing.assert_allclose(image[0, 15, :10], 200 / 255)


def test_colour_and_polarity(tmp_path):
    path = save(tmp_path / "a.png", np.full((4, 4, 3), (255, 0, 51)))
    np.testing.assert_allclose(read_image(path, 2, color=True)[:, 0, 0], [1, 0, 0.2])
    grey = read_image(path, 2)
    np.testing.assert_allclose(read_image(path, 2, invert=True), 1 - grey)
    assert grey.dtype == np.float64


def test_transparent_is_white(tmp_path):
    path = save(tmp_path / "a.png", np.zeros((4, 4, 4)))
    np.testing.assert_array_equal(read_image(path, 4), 1)


def test_the_orientation_of_the_camera_is_obeyed(tmp_path):
    exif = Image.Exif()
    exif[274] = 6  # 要顺时针转 90 度才正
    pixels = np.zeros((8, 8))
    pixels[:4] = 255
    image = read_image(save(tmp_path / "a.png", pixels, exif=exif), 8)
    assert image[0, :, 4:].min() == 1 and image[0, :, :4].max() == 0


def test_shrinking_averages(tmp_path):
    board = 255 * (np.indices((64, 64)).sum(axis=0) % 2)
    np.testing.assert_allclose(read_image(save(tmp_path / "a.png", board), 8), 0.5, atol=0.02)


def test_a_folder_is_read_in_a_fixed_order(tmp_path):
    for name, shade in (("b/2.png", 2), ("a/1.png", 0), ("b/1.png", 1)):
        save(tmp_path / name, np.full((2, 2), shade))
    (tmp_path / "b" / ".hidden").write_text("x")
    images, labels, classes = read_folder(tmp_path, 2)
    np.testing.assert_allclose(images[:, 0, 0, 0] * 255, [0, 1, 2])
    assert labels.tolist() == [0, 1, 1] and classes == ["a", "b"]


def test_unreadable_files_are_named(tmp_path):
    with pytest.raises(ValueError, match="没有这个文件"):
        read_image(tmp_path / "none.png", 8)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64))
    whole = save(tmp_path / "a" / "1.png", noise).read_bytes()
    save(tmp_path / "b" / "1.png", noise)
    (tmp_path / "a" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b" / "notes.txt").write_text("不是图片")
    with pytest.raises(ValueError, match="读到一半出错"):
        read_image(tmp_path / "a" / "cut.png", 8)
    with pytest.raises(ValueError, match="认不出它的格式"):
        read_image(tmp_path / "b" / "notes.txt", 8)
    with pytest.raises(ValueError, match=r"a/cut\.png、b/notes\.txt"):
        read_folder(tmp_path, 8)


def test_folders_without_classes(tmp_path):
    with pytest.raises(ValueError, match="folder 应是一个文件夹"):
        read_folder(tmp_path / "none", 8)
    with pytest.raises(ValueError, match="得到 0 个"):
        read_folder(tmp_path, 8)
    (tmp_path / "a").mkdir()
    save(tmp_path / "b" / "1.png", np.zeros((2, 2)))
    with pytest.raises(ValueError, match="空的是 a"):
        read_folder(tmp_path, 8)
    with pytest.raises(ValueError, match="size 应是不小于 1"):
        read_image(tmp_path / "b" / "1.png", 0)
