"""本章的网络与 PyTorch 写的同一个网络：前向、反向、更新，两步之后仍然相同。"""

import json
from pathlib import Path

import numpy as np

from dlbasics.layers import Conv2d, GlobalMaxPool2d, Linear, MaxPool2d, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import Momentum
from tests.claims.sentences import markdown

HERE = Path(__file__)
SCRIPT = HERE.with_name("pytorch_training_step.py")
ORACLE = json.loads(SCRIPT.with_suffix(".json").read_text(encoding="utf-8"))
CHAPTER = HERE.parents[3] / "book/practice/train_a_cnn.ipynb"


def make_network(c1, c2):
    options = {"rng": np.random.default_rng(0), "padding": 1, "dtype": float}
    rng = options["rng"]
    return Sequential(
        Conv2d(1, c1, 3, **options), ReLU(),
        MaxPool2d(2),
        Conv2d(c1, c2, 3, **options), ReLU(),
        GlobalMaxPool2d(),
        Linear(c2, 10, rng=rng, dtype=float),
    )  # fmt: skip


def same(ours, theirs):
    for ours_one, theirs_one in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(ours_one, np.array(theirs_one), rtol=1e-12, atol=1e-13)


def test_two_training_steps_equal_pytorch():
    model = make_network(2, 3)
    for parameter, start in zip(model.parameters, ORACLE["start"], strict=True):
        parameter[...] = np.array(start)
    x, y = np.array(ORACLE["x"]), np.array(ORACLE["y"])
    optimizer = Momentum(lr=0.02)
    for step in ORACLE["steps"]:
        loss, grad = softmax_cross_entropy(model.forward(x), y)
        model.backward(grad)
        same([loss], [step["loss"]])
        same(model.gradients, step["gradients"])
        optimizer.step(model.parameters, model.gradients)
        same(model.parameters, step["parameters"])
    same([model.forward(x)], [ORACLE["logits"]])


def table():
    """对照表的各行：（本书的代码，PyTorch 的代码）。"""
    _, rows = markdown(CHAPTER).split("| 本书 | PyTorch |\n|:---|:---|\n")
    for row in rows.splitlines():
        if not row.startswith("|"):
            return
        yield [part.strip().split("`")[1::2] for part in row.strip("|").split("|")]


def test_the_table_of_the_chapter_is_this_code():
    ours, theirs = (path.read_text(encoding="utf-8") for path in (HERE, SCRIPT))
    rows = list(table())
    assert len(rows) >= 7
    for left, right in rows:
        assert left and all(code in ours for code in left), left
        assert right and all(code in theirs for code in right), right
