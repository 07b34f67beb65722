"""不合适的输入：一律 ValueError，用中文说出是哪个参数。"""

import re

import numpy as np
import pytest

from dlbasics import landscapes, metrics
from dlbasics.datasets import digits_on_canvas, photograph, split
from dlbasics.gradcheck import gradcheck, numerical_gradient
from dlbasics.initializers import glorot_uniform, he_normal
from dlbasics.layers import (
    AvgPool2d,
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    Linear,
    LocallyConnected2d,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
)
from dlbasics.linear_models import ridge_hessian, sample_gradients, softmax_regression
from dlbasics.losses import mean_squared_error, softmax_cross_entropy
from dlbasics.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp, minimize
from dlbasics.sampling import minibatches
from dlbasics.studies import (
    circulant,
    convergence,
    eye_neuron,
    identifiability,
    image_statistics,
    kernel_bank,
    rolling,
    sampling_theory,
    shifting,
    smoothness,
)
from dlbasics.studies import momentum_conventions as conventions
from dlbasics.studies.momentum_conventions import ema_lr
from dlbasics.training import History, fit
from tests.dlbasics.test_package import PUBLIC

NAN, INF = float("nan"), float("inf")
RNG = np.random.default_rng(0)
ONES, INTS = np.ones(2), np.ones(2, dtype=int)
LABELS = np.array([0, 1])
bowl = landscapes.quadratic([1.0, 2.0])
LINEAR = Linear(2, 2, rng=RNG, dtype=np.float32)
FLOAT64_LINEAR = Linear(2, 2, rng=RNG, dtype=np.float64)
FIT = {
    "model": FLOAT64_LINEAR,
    "x": np.ones((4, 2)),
    "y": np.zeros(4, int),
    "loss": softmax_cross_entropy,
    "optimizer": SGD(0.1),
    "epochs": 1,
    "batch_size": 2,
    "rng": RNG,
    "progress": False,
}
CONV = {"in_channels": 1, "out_channels": 2, "kernel": 3, "rng": RNG, "dtype": np.float32}
MODEL = {"weight": np.eye(2), "bias": ONES, "labels": LABELS}

# (函数, 输入, 出错的参数)
TABLE = [
    *[
        (make, {"lr": lr}, "lr")
        for make in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
        for lr in (0.0, -0.1, NAN, INF)
    ],
    *[(make, {"lr": 0.1, "mu": mu}, "mu") for make in (Momentum, Nesterov) for mu in (-0.1, 1.1)],
    *[
        (make, {"lr": 0.1, "eps": eps}, "eps")
        for make in (AdaGrad, RMSProp, Adam)
        for eps in (0.0, -1e-8, NAN)
    ],
    *[(RMSProp, {"lr": 0.1, "rho": rho}, "rho") for rho in (-0.1, 1.0, NAN)],
    *[(Adam, {beta: value}, beta) for beta in ("beta1", "beta2") for value in (-0.1, 1.0)],
    *[(AdamW, {"weight_decay": value}, "weight_decay") for value in (-0.1, NAN, INF)],
    (SGD(0.1).step, {"params": ONES, "grads": [ONES]}, "params"),
    (SGD(0.1).step, {"params": [ONES], "grads": ONES}, "grads"),
    (SGD(0.1).step, {"params": [ONES], "grads": []}, "grads"),
    (SGD(0.1).step, {"params": [INTS], "grads": [INTS]}, "params[0]"),
    (SGD(0.1).step, {"params": [ONES, ONES], "grads": [ONES, INTS]}, "grads[1]"),
    (SGD(0.1).step, {"params": [ONES], "grads": [np.ones(3)]}, "grads[0]"),
    (SGD(0.1).step, {"params": [ONES], "grads": [np.ones((2, 1))]}, "grads[0]"),
    *[
        (minimize, {"f_and_grad": bowl, "x0": ONES, "optimizer": SGD(0.1), "steps": steps}, "steps")
        for steps in (-1, 2.5, 3.0, NAN)
    ],
    (bowl.__call__, {"x": np.ones(3)}, "x"),
    (bowl.__call__, {"x": 1.0}, "x"),
    *[(landscapes.slope, {"gradient": g}, "gradient") for g in ([], 1.0, [[1.0]])],
    *[
        (landscapes.quadratic, {"eigenvalues": lam}, "eigenvalues")
        for lam in ([], 1.0, [[1.0]], [1.0, 0.0], [-1.0], [NAN])
    ],
    *[(landscapes.power, {"exponent": p}, "exponent") for p in (0.5, NAN)],
    *[(landscapes.plateau, {"width": w}, "width") for w in (0.0, -1.0, NAN)],
    *[(landscapes.plateau, {"width": 1.0, "incline": i}, "incline") for i in (0.0, -1.0, NAN)],
    *[(landscapes.tilted_double_well, {"tilt": t}, "tilt") for t in (0.4, -0.4, NAN)],
    *[(landscapes.tilted_double_well, {"dimensions": d}, "dimensions") for d in (0, 3)],
    *[
        (function, {"t": 1, "lr": 0.1, "mu": mu, "grad": 1.0}, "mu")
        for function in (rolling.velocity, rolling.displacement)
        for mu in (-0.1, 1.0, NAN)
    ],
    *[(rolling.terminal_velocity, {"lr": 0.1, "mu": mu, "grad": 1.0}, "mu") for mu in (-0.1, 1.0)],
    *[(rolling.coasting_distance, {"speed": 1.0, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[(convergence.settling_steps, {"alpha_lambda": 0.1, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[
        (function, {"smallest": low, "largest": high}, name)
        for function in (convergence.optimal_gradient_descent, convergence.optimal_momentum)
        for low, high in ((0.0, 1.0), (2.0, 1.0), (NAN, 1.0), (1.0, NAN))
        for name in ("smallest", "largest")
    ],
    *[(ema_lr, {"lr": 0.1, "mu": mu}, "mu") for mu in (-0.1, 1.0)],
    *[(minibatches, {"n": n, "batch_size": 1, "rng": RNG}, "n") for n in (0, -3, 5.5)],
    *[
        (minibatches, {"n": 5, "batch_size": size, "rng": RNG}, "batch_size")
        for size in (0, 6, 2.0)
    ],
    *[(minibatches, {"n": 5, "batch_size": 2, "rng": rng}, "rng") for rng in (None, 0, np.random)],
    (softmax_cross_entropy, {"logits": np.ones(3), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((0, 3)), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((2, 0)), "labels": LABELS}, "logits"),
    (softmax_cross_entropy, {"logits": np.ones((2, 2), int), "labels": LABELS}, "logits"),
    *[
        (softmax_cross_entropy, {"logits": np.ones((2, 3)), "labels": np.array(labels)}, "labels")
        for labels in ([0], [0.0, 1.0], [0, 3], [-1, 0], [[0], [1]])
    ],
    *[(softmax_regression, MODEL | {"x": x}, "x") for x in (np.ones(2), np.ones((0, 2)))],
    *[
        (softmax_regression, MODEL | {"x": np.ones((2, 2)), name: value}, name)
        for name, value in [
            ("weight", np.ones((3, 2))),
            ("weight", np.ones(2)),
            ("bias", np.ones(1)),
            ("bias", np.ones((2, 2))),
            ("labels", np.zeros((2, 1), int)),
            ("labels", np.zeros(3, int)),
        ]
    ],
    *[(ridge_hessian, {"x": x, "penalty": 0.1}, "x") for x in (np.ones(2), np.ones((0, 2)))],
    *[(ridge_hessian, {"x": np.ones((2, 2)), "penalty": p}, "penalty") for p in (-0.1, NAN)],
    (split, {"x": np.ones(3), "y": np.ones(4), "rng": RNG}, "y"),
    *[
        (split, {"x": ONES, "y": ONES, "rng": RNG, "test_fraction": f}, "test_fraction")
        for f in (0.0, 0.1, 0.9, 1.0, NAN)
    ],
    (split, {"x": ONES, "y": ONES, "rng": 0}, "rng"),
    *[(digits_on_canvas, {"size": size, "rng": RNG}, "size") for size in (7, 14.0, NAN)],
    (digits_on_canvas, {"size": 14}, "rng"),
    (digits_on_canvas, {"size": 14, "rng": RNG, "positions": (0, 0)}, "positions"),
    (digits_on_canvas, {"size": 14, "rng": 0}, "rng"),
    *[
        (digits_on_canvas, {"size": 14, "positions": positions}, "positions")
        for positions in ((7, 0), (0, -1), (0.0, 0.0), (1, 2, 3), [[1, 2]], 3)
    ],
    *[(photograph, {"name": name}, "name") for name in ("lena", "", None)],
    (mean_squared_error, {"prediction": INTS, "target": INTS}, "prediction"),
    (mean_squared_error, {"prediction": np.ones(0), "target": np.ones(0)}, "prediction"),
    *[
        (mean_squared_error, {"prediction": np.ones((2, 1)), "target": target}, "target")
        for target in (ONES, np.ones((2, 2)), np.ones(()))
    ],
    *[
        (initializer, {"shape": shape, "rng": RNG}, "shape")
        for initializer in (glorot_uniform, he_normal)
        for shape in ((), (3,), (2, 0), (1, 2, 3), (1, 1, 0, 3))
    ],
    *[
        (initializer, {"shape": (2, 2), "rng": RNG} | wrong, name)
        for initializer in (glorot_uniform, he_normal)
        for name, wrong in (("rng", {"rng": 0}), ("dtype", {"dtype": int}))
    ],
    *[
        (Linear, {"in_features": 2, "out_features": 2, "rng": RNG} | {name: value}, name)
        for name in ("in_features", "out_features")
        for value in (0, -1, 2.0, None)
    ],
    (Linear, {"in_features": 2, "out_features": 2, "rng": None}, "rng"),
    *[
        (layer, CONV | size | {name: value}, name)
        for layer, size in ((Conv2d, {}), (LocallyConnected2d, {"input_size": 5}))
        for name, values in {
            "in_channels": (0, -1, 2.0),
            "out_channels": (0, 2.5),
            "kernel": (0, 1.5, (3,), (3, 3, 3), "3"),
            "stride": (0, -1, (1, 2, 3)),
            "padding": (-1, 0.5),
            "rng": (None, 0),
            "dtype": (int, np.float16),
        }.items()
        for value in values
    ],
    *[(Conv2d, CONV | {"dilation": dilation}, "dilation") for dilation in (0, 1.5, (1, 2, 3))],
    *[(Conv2d, CONV | {"groups": groups}, "groups") for groups in (0, 1.0, 2)],
    *[
        (LocallyConnected2d, CONV | {"input_size": size}, "input_size")
        for size in (0, 5.0, (5, 5, 5))
    ],
    *[
        (pool, {"kernel": 2} | {name: value}, name)
        for pool in (MaxPool2d, AvgPool2d)
        for name, value in (("kernel", 0), ("stride", 0), ("padding", -1))
    ],
    *[(Linear.count_parameters, {"in_features": 2, "out_features": 0}, "out_features")],
    *[
        (layer.forward, {"x": x}, "x")
        for layer in (LINEAR, Conv2d(**CONV), LocallyConnected2d(**CONV, input_size=4))
        for x in (
            [[1.0, 2.0]],
            np.ones((1, 2)),
            np.ones((1, 2), int),
            np.ones(2, np.float32),
            np.ones((1, 3), np.float32),
            np.ones((1, 1, 4), np.float32),
            np.ones((1, 2, 4, 4), np.float32),
        )
    ],
    *[
        (layer.forward, {"x": x}, "x")
        for layer in (MaxPool2d(2), AvgPool2d(2), GlobalMaxPool2d(), GlobalAvgPool2d())
        for x in (
            np.ones((2, 2)),
            np.ones((1, 2, 2)),
            np.ones((1, 1, 0, 3)),
            np.ones((1, 1, 3, 3), int),
        )
    ],
    *[(layer.forward, {"x": INTS}, "x") for layer in (ReLU(), Tanh(), Flatten())],
    *[(layer.backward, {"grad_output": ONES}, "backward") for layer in (ReLU(), LINEAR)],
    (Sequential, {}, "layers"),
    (gradcheck, {"target": LINEAR, "x": np.ones((1, 2), np.float32), "rng": RNG}, "x"),
    (gradcheck, {"target": FLOAT64_LINEAR, "x": np.ones((1, 2))}, "rng"),
    (gradcheck, {"target": lambda x: (1.0, np.ones(3)), "x": ONES}, "target"),
    *[(numerical_gradient, {"f": np.sum, "x": x}, "x") for x in (INTS, 1.0, [1.0])],
    *[(numerical_gradient, {"f": np.sum, "x": ONES, "h": h}, "h") for h in (0.0, -1e-5, NAN)],
    *[
        (metrics.accuracy, {"logits": logits, "labels": LABELS}, "logits")
        for logits in (np.ones(2), np.ones((0, 2)), np.ones((2, 0)))
    ],
    *[
        (metrics.accuracy, {"logits": np.ones((2, 3)), "labels": np.array(labels)}, "labels")
        for labels in ([0], [0.0, 1.0], [0, 3], [-1, 0], [[0], [1]])
    ],
    *[
        (
            metrics.confusion_matrix,
            {"labels": LABELS, "predictions": LABELS, "classes": 2} | wrong,
            name,
        )
        for name, wrong in [
            ("classes", {"classes": 0}),
            ("classes", {"classes": 2.0}),
            ("labels", {"labels": LABELS + 1}),
            ("labels", {"labels": ONES}),
            ("predictions", {"predictions": LABELS[:1]}),
            ("predictions", {"predictions": LABELS - 1}),
        ]
    ],
    *[
        (fit, FIT | {name: value} | more, name)
        for name, value, more in [
            ("model", None, {}),
            ("model", ReLU(), {}),
            ("x", np.ones((4, 3)), {}),
            ("x", np.ones((4, 2), np.float32), {}),
            ("x", [[1.0, 1.0]] * 4, {}),
            ("y", np.zeros(3, int), {}),
            ("y", [0] * 4, {}),
            ("optimizer", 0.1, {}),
            ("optimizer", SGD, {}),
            ("epochs", 0, {}),
            ("epochs", 1.5, {}),
            ("epochs", 1, {"history": History(loss=[1.0, 0.5])}),
            ("batch_size", 0, {}),
            ("batch_size", 5, {}),
            ("rng", 0, {}),
            ("patience", 0, {"validation": (np.ones((4, 2)), np.zeros(4, int))}),
            ("validation", None, {"patience": 1}),
            ("validation", None, {"history": History([1.0], [1.0]), "epochs": 2}),
            (
                "validation",
                (np.ones((4, 2)), np.zeros(4, int)),
                {"history": History([1.0]), "epochs": 2},
            ),
        ]
    ],
]


EYE = np.eye(2)
WALK = {"grad": np.ones_like, "x0": [1.0], "lrs": [0.1, 0.1], "mu": 0.9}
CURVATURES = {"smallest": 1.0, "largest": 2.0}
SAMPLES = {"weight": EYE, "bias": ONES, "x": EYE, "labels": LABELS}

# (函数, 合适的输入, 换成不合适的)
WRONG_KINDS = [
    *[
        (make, {"lr": 0.1}, {"lr": lr})
        for make in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam)
        for lr in ("0.1", None, 1j, [0.1])
    ],
    *[(Momentum, {"lr": 0.1}, {"mu": mu}) for mu in ("0.9", None, NAN)],
    *[
        (walk, WALK, wrong)
        for walk in (conventions.source, conventions.pytorch, conventions.ema, conventions.polyak)
        for wrong in (
            {"mu": -0.1},
            {"mu": 1.1},
            {"mu": "0.9"},
            {"lrs": 0.1},
            {"lrs": [0.1, 0.0]},
            {"lrs": ["0.1"]},
            {"x0": "a"},
            {"x0": [1j]},
            {"x0": [[1.0], [1.0, 2.0]]},
        )
    ],
    *[(conventions.ema_lr, {"lr": 0.1, "mu": 0.9}, {"lr": lr}) for lr in (0.0, -1.0, NAN, "1")],
    (minimize, {"f_and_grad": None, "optimizer": None, "steps": 1}, {"x0": ["a"]}),
    *[
        (rate, {"alpha_lambda": 1.0}, {"mu": mu})
        for rate in (convergence.momentum_rate, convergence.nesterov_rate)
        for mu in (-0.1, NAN, [0.5, -0.5])
    ],
    *[(convergence.critical_mu, {}, {"alpha_lambda": al}) for al in (-0.1, 4.1, NAN, [1.0, -1.0])],
    *[
        (convergence.settling_steps, {"alpha_lambda": 0.1, "mu": 0.9}, wrong)
        for wrong in (
            {"tolerance": 0.0},
            {"tolerance": -1e-6},
            {"tolerance": NAN},
            {"tolerance": "1"},
            {"max_steps": -1},
            {"max_steps": 1e5},
            {"mu": "0.9"},
        )
    ],
    *[
        (convergence.optimal_momentum, CURVATURES, wrong)
        for wrong in ({"smallest": "1"}, {"largest": None}, {"largest": INF})
    ],
    *[(landscapes.plateau, {"width": 1.0}, {name: INF}) for name in ("width", "incline")],
    *[(landscapes.plateau, {}, {"width": width}) for width in ("1", None)],
    *[(landscapes.power, {}, {"exponent": p}) for p in (INF, "2")],
    *[(landscapes.tilted_double_well, {}, {"tilt": tilt}) for tilt in ("0.1", None)],
    (landscapes.slope, {}, {"gradient": [NAN]}),
    (landscapes.quadratic, {}, {"eigenvalues": [1.0, INF]}),
    *[(softmax_regression, SAMPLES, {name: SAMPLES[name].tolist()}) for name in SAMPLES],
    (ridge_hessian, {"penalty": 0.1}, {"x": [[1.0]]}),
    *[(ridge_hessian, {"x": EYE}, {"penalty": penalty}) for penalty in (INF, "0.1")],
    (softmax_cross_entropy, {"labels": LABELS}, {"logits": [[1.0, 2.0], [1.0, 2.0]]}),
    (softmax_cross_entropy, {"logits": EYE}, {"labels": [0, 1]}),
    (mean_squared_error, {"target": ONES}, {"prediction": [1.0, 1.0]}),
    (mean_squared_error, {"prediction": ONES}, {"target": [1.0, 1.0]}),
    (split, {"y": ONES, "rng": RNG}, {"x": [1.0, 1.0]}),
    (split, {"x": ONES, "rng": RNG}, {"y": [1.0, 1.0]}),
    (split, {"x": ONES, "y": ONES, "rng": RNG}, {"test_fraction": "0.5"}),
    (minibatches, {"batch_size": 1, "rng": RNG}, {"n": "5"}),
]

RING, GREY = np.eye(3), np.arange(36.0).reshape(6, 6)
IMAGES = np.ones((2, 1, 6, 6))
FACES = np.ones((2, 1, 25, 25))
WINDOWS = {"windows": IMAGES, "labels": LABELS, "penalty": 0.1}
MOVED = {"f": np.abs, "x": GREY, "shifts": [(0, 1)]}
KERNEL = {"size": 3, "sigma": 1.0}

# 各章的研究：(函数, 合适的输入, 换成不合适的)
STUDIES = [
    *[
        (function, {"matrix": RING, "shape": (3,)}, wrong)
        for function in (circulant.nearest_circulant, circulant.circulant_kernel)
        for wrong in ({"matrix": EYE}, {"matrix": "a"}, {"shape": 3}, {"shape": (0,)})
    ],
    *[
        (eye_neuron.window_centres, {"size": 5, "kernel": 3}, wrong)
        for wrong in ({"size": 0}, {"size": "5"}, {"kernel": 2}, {"kernel": 7}, {"kernel": 3.0})
    ],
    *[
        (eye_neuron.training_windows, {"images": FACES, "kernel": 5}, wrong)
        for wrong in ({"images": FACES[0]}, {"images": INTS}, {"kernel": 4})
    ],
    *[
        (eye_neuron.least_squares_neuron, WINDOWS, wrong)
        for wrong in (
            {"windows": GREY},
            {"labels": [0, 1]},
            {"labels": ONES},
            {"labels": LABELS[:1]},
            {"penalty": 0.0},
        )
    ],
    *[
        (eye_neuron.strongest, {"response": IMAGES, "kernel": 5}, wrong)
        for wrong in ({"response": GREY}, {"kernel": 0})
    ],
    *[(identifiability.recover_dense, {"x": IMAGES, "y": IMAGES}, {k: GREY}) for k in "xy"],
    *[
        (function, {"x": IMAGES, "y": np.ones((2, 1, 4, 4)), "kernel": 3}, wrong)
        for function in (identifiability.recover_local, identifiability.recover_conv)
        for wrong in ({"x": GREY}, {"x": IMAGES.tolist()}, {"y": IMAGES}, {"kernel": 0})
    ],
    *[
        (image_statistics.lag_correlation, {"image": GREY, "dy": 0, "dx": 1}, wrong)
        for wrong in ({"image": [[1.0]]}, {"image": ONES}, {"dy": 5}, {"dx": 0.5}, {"dx": -5})
    ],
    (image_statistics.correlation_by_distance, {"distances": [1]}, {"image": ONES}),
    *[
        (image_statistics.predictability, {"image": GREY, "distance": 1}, wrong)
        for wrong in ({"image": ONES}, {"distance": 0}, {"distance": 1.0})
    ],
    (image_statistics.phase_only, {}, {"image": INTS}),
    *[
        (image_statistics.amplitude_only, {"image": GREY, "rng": RNG}, wrong)
        for wrong in ({"image": INTS}, {"rng": 0})
    ],
    *[
        (function, KERNEL | more, wrong)
        for function, more in (
            (kernel_bank.gaussian, {}),
            (kernel_bank.blob, {}),
            (kernel_bank.edge, {"angle": 0.0}),
            (kernel_bank.color_bank, {}),
        )
        for wrong in ({"size": 4}, {"size": 1}, {"size": 3.0}, {"sigma": 0.0}, {"sigma": NAN})
    ],
    *[
        (kernel_bank.across_channels, {"pattern": EYE, "mixture": [1.0]}, wrong)
        for wrong in ({"pattern": [1.0]}, {"pattern": ONES}, {"mixture": "a"}, {"mixture": 1.0})
    ],
    *[(kernel_bank.balanced, {}, {"kernel": kernel}) for kernel in ([1.0, -1.0], ONES)],
    *[
        (sampling_theory.all_batches, {"n": 3, "batch_size": 2}, wrong)
        for wrong in ({"n": 0}, {"n": 3.0}, {"batch_size": 4}, {"batch_size": 0})
    ],
    *[
        (sampling_theory.batch_mean_variance, {"values": [1.0, 2.0], "batch_size": 1}, wrong)
        for wrong in ({"values": []}, {"values": "a"}, {"batch_size": 3}, {"batch_size": 1.0})
    ],
    *[
        (sampling_theory.between_class_share, {"values": EYE, "labels": LABELS}, wrong)
        for wrong in ({"values": ONES}, {"values": np.ones((2, 2))}, {"labels": [0]})
    ],
    *[
        (sampling_theory.noise_floor, {"lr": 1.0}, wrong)
        for wrong in ({"lr": 0.0}, {"lr": 2.0}, {"lr": "1"}, {"mu": 1.0})
    ],
    *[
        (shifting.shift, {"x": GREY, "dy": 0, "dx": 1}, wrong)
        for wrong in ({"x": ONES}, {"x": [[1]]}, {"dy": 0.5}, {"dx": "1"}, {"border": "mirror"})
    ],
    *[
        (shifting.fractional_shift, {"x": GREY, "dy": 0.5, "dx": 0.5}, wrong)
        for wrong in ({"x": ONES}, {"dy": NAN}, {"dx": "1"})
    ],
    *[
        (shifting.conv2d_circular, {"x": IMAGES, "weight": np.ones((1, 1, 3, 3))}, wrong)
        for wrong in ({"x": GREY}, {"weight": GREY}, {"bias": EYE}, {"stride": 0})
    ],
    *[
        (function, MOVED, wrong)
        for function in (shifting.equivariance_error, shifting.invariance_error)
        for wrong in ({"x": ONES}, {"shifts": []}, {"shifts": [(0, 0.5)]})
    ],
    *[(shifting.equivariance_error, MOVED, {"stride": stride}) for stride in (0, 1.0)],
    (smoothness.descent_bound, {"lr": 0.1, "gradient_norm": 1.0}, {"smoothness": 0.0}),
    *[
        (smoothness.largest_curvature, {"grad": bowl.grad, "x": ONES, "rng": RNG}, wrong)
        for wrong in ({"x": INTS}, {"x": [1.0]}, {"rng": 0}, {"h": 0.0}, {"iterations": 0})
    ],
    *[(smoothness.softmax_smoothness, {}, {"x": x}) for x in (ONES, [[1.0]], np.ones((0, 2)))],
    *[(sample_gradients, SAMPLES, {name: [1.0]}) for name in SAMPLES],
]

TABLE += [
    (function, right | wrong, next(iter(wrong)))
    for function, right, wrong in (*WRONG_KINDS, *STUDIES)
]

ANYTHING_GOES = {
    # 没有参数，或者任何实数都合适
    "datasets.digits",
    "datasets.faces",
    "datasets.stereo_pair",
    "landscapes.beale",
    "landscapes.kinked_bowl",
    "landscapes.rosenbrock",
    "landscapes.washboard",
    "studies.convergence.gradient_descent_rate",
    "studies.convergence.is_stable",
    "studies.convergence.iteration_matrix",
    "studies.eye_neuron.near_an_eye",
    # 只装结果的盒子
    "datasets.Split",
    "datasets.StereoPair",
    "optimizers.Trajectory",
    "studies.kernel_bank.KernelBank",
    # 由它们的子类来查
    "layers.Layer",
    "optimizers.Optimizer",
}


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    TABLE,
    ids=[f"{row[0].__qualname__}-{row[2]}" for row in TABLE],
)
def test_bad_input_names_the_argument_in_chinese(function, arguments, name):
    with pytest.raises(ValueError) as error:
        function(**arguments)
    message = str(error.value)
    assert re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message), message
    assert re.search(r"[\u4e00-\u9fff]", message), message


def test_every_public_function_is_in_the_table():
    """另有自己的表的卷积除外。"""
    tried = [getattr(function, "__self__", function) for function, _, _ in TABLE]
    tried += [type(one) for one in tried]
    public = {name: value for name, value in PUBLIC.items() if not name.startswith("convolution.")}
    left = {name for name, value in public.items() if value not in tried}
    assert left == ANYTHING_GOES
