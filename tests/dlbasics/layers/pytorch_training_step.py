"""用 PyTorch 训练两步，写出 pytorch_training_step.json：整个网络的外部对照。

只在重新生成时才需要 PyTorch，请在单独的环境里运行::

    python3 -m venv /tmp/torch
    /tmp/torch/bin/pip install torch==2.13.0 numpy
    /tmp/torch/bin/python tests/dlbasics/layers/pytorch_training_step.py

网络是“从零训练一个卷积网络”一章的，缩小了；那一章的对照表里，PyTorch 一栏就是这里的代码。
"""

import json
from pathlib import Path

import torch
from torch import nn

OUTPUT = Path(__file__).with_suffix(".json")


def make_network(c1, c2):
    return nn.Sequential(
        nn.Conv2d(1, c1, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(c1, c2, 3, padding=1), nn.ReLU(),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(),
        nn.Linear(c2, 10),
    )  # fmt: skip


def values(model):
    return [p.tolist() for p in model.parameters()]


def main():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    model = make_network(2, 3)
    x, y = torch.randn(4, 1, 8, 8), torch.tensor([3, 0, 9, 3])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    answer = {"torch": torch.__version__.split("+")[0], "x": x.tolist(), "y": y.tolist()}
    answer["start"], answer["steps"] = values(model), []
    for _ in range(2):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        gradients = [p.grad.tolist() for p in model.parameters()]
        optimizer.step()
        answer["steps"].append(
            {"loss": loss.item(), "gradients": gradients, "parameters": values(model)}
        )
    answer["logits"] = model(x).tolist()
    OUTPUT.write_text(json.dumps(answer) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
