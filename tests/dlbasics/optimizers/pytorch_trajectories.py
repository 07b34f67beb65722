"""用 PyTorch 走出 pytorch_trajectories.json：优化器测试的外部对照。

只在重新生成时才需要 PyTorch，请在单独的环境里运行::

    python3 -m venv /tmp/torch
    /tmp/torch/bin/pip install torch==2.13.0 numpy
    /tmp/torch/bin/python tests/dlbasics/optimizers/pytorch_trajectories.py

梯度由 PyTorch 的自动求导给出，所以对照的不只是更新公式。学习率恒定时，本书的 ``Momentum``、
``Nesterov`` 就是 ``torch.optim.SGD(momentum=μ, nesterov=…)``。``eps`` 的位置两边相同：加在
平方根之外，``Adam`` 则加在修正偏差之后。每个优化器走两条路，一条全用默认值，另一条换掉每个选项；
``eps`` 换成 0.1，放错位置就会走上另一条路。
"""

import json
from pathlib import Path

import torch

OUTPUT = Path(__file__).with_suffix(".json")
STEPS = 10
CURVATURES = torch.tensor([1.0, 10.0], dtype=torch.float64)


def rosenbrock(p):
    x, y = p
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def quadratic(p):
    return 0.5 * (CURVATURES * p**2).sum()


STARTS = {rosenbrock: [-1.2, 1.0], quadratic: [1.0, -2.0]}

# (本书的名字, 本书的选项, PyTorch 的优化器, PyTorch 的选项)：前半全用默认值，后半换掉每个选项
DEFAULTS = [
    ("SGD", {"lr": 1e-3}, torch.optim.SGD, {"lr": 1e-3}),
    ("Momentum", {"lr": 1e-3}, torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9}),
    (
        "Nesterov",
        {"lr": 1e-3},
        torch.optim.SGD,
        {"lr": 1e-3, "momentum": 0.9, "nesterov": True},
    ),
    ("AdaGrad", {"lr": 0.1}, torch.optim.Adagrad, {"lr": 0.1}),
    ("RMSProp", {"lr": 0.01}, torch.optim.RMSprop, {"lr": 0.01}),
    ("Adam", {}, torch.optim.Adam, {}),
    ("AdamW", {}, torch.optim.AdamW, {}),
]
CHANGED = [
    ("SGD", {"lr": 0.05}, torch.optim.SGD, {"lr": 0.05}),
    ("Momentum", {"lr": 0.05, "mu": 0.5}, torch.optim.SGD, {"lr": 0.05, "momentum": 0.5}),
    (
        "Nesterov",
        {"lr": 0.05, "mu": 0.5},
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.5, "nesterov": True},
    ),
    ("AdaGrad", {"lr": 0.3, "eps": 0.1}, torch.optim.Adagrad, {"lr": 0.3, "eps": 0.1}),
    (
        "RMSProp",
        {"lr": 0.05, "rho": 0.8, "eps": 0.1},
        torch.optim.RMSprop,
        {"lr": 0.05, "alpha": 0.8, "eps": 0.1},
    ),
    (
        "Adam",
        {"lr": 0.1, "beta1": 0.7, "beta2": 0.9, "eps": 0.1},
        torch.optim.Adam,
        {"lr": 0.1, "betas": (0.7, 0.9), "eps": 0.1},
    ),
    (
        "AdamW",
        {"lr": 0.1, "beta1": 0.7, "beta2": 0.9, "eps": 0.1, "weight_decay": 0.5},
        torch.optim.AdamW,
        {"lr": 0.1, "betas": (0.7, 0.9), "eps": 0.1, "weight_decay": 0.5},
    ),
]


def walk(f, optimizer_class, options):
    p = torch.tensor(STARTS[f], dtype=torch.float64, requires_grad=True)
    optimizer = optimizer_class([p], **options)
    path = [p.tolist()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        f(p).backward()
        optimizer.step()
        path.append(p.tolist())
    return path


def main():
    cases = [
        {
            "optimizer": name,
            "options": options,
            "landscape": f.__name__,
            "path": walk(f, torch_class, torch_options),
        }
        for f, rows in [(rosenbrock, DEFAULTS), (quadratic, CHANGED)]
        for name, options, torch_class, torch_options in rows
    ]
    torch_version = json.dumps(torch.__version__.split("+")[0])
    lines = ",\n".join(json.dumps(case) for case in cases)
    OUTPUT.write_text(
        f'{{"torch": {torch_version},\n"curvatures": {json.dumps(CURVATURES.tolist())},\n'
        f'"cases": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
