"""封面的图注说的话：同样的步数，一个停在半路，一个到了谷底。"""

import cover_picture
import numpy as np

from dlbasics.optimizers import SGD, Momentum
from tests.site.conftest import ROOT


def distance(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - cover_picture.MINIMUM, axis=1)


def test_caption_is_true():
    descent = distance(cover_picture.trajectory(SGD(cover_picture.LR)))
    momentum = distance(cover_picture.trajectory(Momentum(cover_picture.LR, cover_picture.MU)))
    assert descent[0] == momentum[0]
    assert 0.3 < descent[-1] / descent[0] < 0.7
    assert momentum[-1] / momentum[0] < 0.05
    caption = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert f"都走 {cover_picture.STEPS} 步" in caption


def test_everything_is_inside_the_picture():
    for optimizer in (SGD(cover_picture.LR), Momentum(cover_picture.LR, cover_picture.MU)):
        x, y = cover_picture.trajectory(optimizer).T
        assert 0 < x.min() < x.max() < cover_picture.WIDTH
        assert 0 < y.min() < y.max() < cover_picture.HEIGHT
