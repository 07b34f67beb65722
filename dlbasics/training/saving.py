"""保存与恢复训练：一个 .npz 文件，恢复之后的训练与没有中断过逐位相同。

文件里只有数组，没有 pickle：每个参数一个，优化器的每份状态一个，其余（优化器的种类与学习率等、
随机数发生器的状态、训练记录）写成一段 JSON。先写到临时文件，再一步换上正式的名字：无论在哪一刻
中断，正式的文件不是旧的就是新的，不会只有一半。
"""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import asdict
from io import BytesIO
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlbasics._files import replacing
from dlbasics.layers import Layer
from dlbasics.optimizers import Optimizer
from dlbasics.training.history import History

Arrays = dict[str, NDArray]


def save_state(
    path: str | os.PathLike,
    model: Layer,
    optimizer: Optimizer,
    rng: np.random.Generator,
    history: History,
) -> None:
    """把训练的全部状态写进一个文件；已有同名文件则换成新的。

    Parameters
    ----------
    path : str or path-like
        文件名，通常以 .npz 结尾。
    model : Layer
    optimizer : Optimizer
    rng : numpy.random.Generator
        传给 ``fit`` 的那一个。
    history : History
        ``fit`` 返回的，或传给 ``after_epoch`` 的记录。

    Raises
    ------
    ValueError
        优化器还没有走过一步。

    Examples
    --------
    每轮保存一次：``fit(..., after_epoch=lambda history: save_state(path, model, optimizer, rng,
    history))``；读回的例子见 :func:`load_state`。
    """
    if not optimizer.state:
        raise ValueError("optimizer 应至少走过一步，得到新建的：还没有训练可以保存")
    arrays: dict[str, Any] = {f"parameter_{i}": p for i, p in enumerate(model.parameters)}
    arrays |= _state_arrays(optimizer)
    about = {
        "optimizer": {"name": type(optimizer).__name__, "settings": _settings(optimizer)},
        "rng": rng.bit_generator.state,
        "history": asdict(history),
    }
    arrays["about"] = np.array(json.dumps(about, default=_plain))
    with replacing(Path(path)) as file:
        np.savez(file, **arrays)


def load_state(
    path: str | os.PathLike, model: Layer, optimizer: Optimizer, rng: np.random.Generator
) -> History:
    """读回 :func:`save_state` 写下的状态，就地恢复模型、优化器与随机数发生器。

    Parameters
    ----------
    path : str or path-like
    model, optimizer, rng
        与保存时同样形状的模型、同一种优化器、同一种随机数发生器；它们的内容会被换掉。

    Returns
    -------
    History
        传给 ``fit(..., history=history)`` 就从中断的地方接着训练。

    Raises
    ------
    ValueError
        文件损坏，或与模型、优化器、发生器不合。此时三者都没有任何改动。

    Examples
    --------
    先训练 2 轮并保存；再从一个新的模型读回来，接着训练到 5 轮：

    >>> from tempfile import TemporaryDirectory
    >>> from dlbasics.layers import Linear
    >>> from dlbasics.losses import mean_squared_error
    >>> from dlbasics.optimizers import Momentum
    >>> from dlbasics.training import fit
    >>> folder, x = TemporaryDirectory(), np.eye(4)
    >>> path = Path(folder.name) / "model.npz"
    >>> options = {"loss": mean_squared_error, "batch_size": 2, "progress": False}
    >>> def fresh():
    ...     rng = np.random.default_rng(0)
    ...     return Linear(4, 4, rng=rng, dtype=x.dtype), Momentum(lr=0.1), rng
    >>> model, optimizer, rng = fresh()
    >>> history = fit(model, x, x, epochs=2, optimizer=optimizer, rng=rng, **options)
    >>> save_state(path, model, optimizer, rng, history)
    >>> model, optimizer, rng = fresh()
    >>> history = load_state(path, model, optimizer, rng)
    >>> fit(model, x, x, epochs=5, optimizer=optimizer, rng=rng, history=history, **options).epochs
    5
    >>> folder.cleanup()
    """
    about, arrays = _read(Path(path))
    parameters = _matching_parameters(arrays, model)
    restored_optimizer = _restored_optimizer(arrays, about["optimizer"], model, optimizer)
    restored_rng = _restored_rng(about["rng"], rng)
    for parameter, value in zip(model.parameters, parameters, strict=True):
        parameter[...] = value
    vars(optimizer).update(vars(restored_optimizer))
    rng.bit_generator.state = restored_rng.bit_generator.state
    return about["history"]


def _read(path: Path) -> tuple[dict[str, Any], Arrays]:
    content = path.read_bytes()
    try:
        with np.load(BytesIO(content), allow_pickle=False) as file:
            arrays = dict(file)
        about = json.loads(arrays.pop("about").item())
        about["history"] = History(**about["history"])
        settings = about["optimizer"]["settings"]
        about["optimizer"]["settings"] = {k: float(v) for k, v in settings.items()}
    except Exception as error:  # 损坏的文件可以在任何一步出错
        raise ValueError(
            f"path 应是 save_state 写下的文件，得到 {str(path)!r}，它已损坏或不是这种文件：{error}"
        ) from error
    return about, arrays


def _matching_parameters(arrays: Arrays, model: Layer) -> list[NDArray]:
    saved = [value for name, value in arrays.items() if name.startswith("parameter_")]
    wanted, got = ([(p.shape, p.dtype.name) for p in ps] for ps in (model.parameters, saved))
    if got != wanted:
        raise ValueError(f"model 的参数应与文件里的相同：{got}，得到 {wanted}")
    return saved


def _restored_optimizer(
    arrays: Arrays, about: dict[str, Any], model: Layer, optimizer: Optimizer
) -> Optimizer:
    name, settings = type(optimizer).__name__, _settings(optimizer)
    if (about["name"], about["settings"].keys()) != (name, settings.keys()):
        raise ValueError(f"optimizer 应与文件里的同一种：{about['name']}，得到 {name}")
    restored = deepcopy(optimizer)
    params = [p.copy() for p in model.parameters]
    restored.step(params, [np.zeros_like(p) for p in params])  # 空走一步，建立形状正确的状态
    saved = {name: value for name, value in arrays.items() if name.startswith("state_")}
    fresh = _state_arrays(restored)
    wanted, got = ({k: (v.shape, v.dtype) for k, v in part.items()} for part in (fresh, saved))
    if got != wanted:
        raise ValueError(f"optimizer 的状态应与文件里的形状相同：{got}，得到 {wanted}")
    for name, value in saved.items():
        fresh[name][...] = value
    vars(restored).update(about["settings"])
    return restored


def _restored_rng(state: dict[str, Any], rng: np.random.Generator) -> np.random.Generator:
    restored = deepcopy(rng)
    try:
        restored.bit_generator.state = state
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"rng 应与文件里的同一种发生器：{state.get('bit_generator')}，"
            f"得到 {type(rng.bit_generator).__name__}"
        ) from error
    return restored


def _state_arrays(optimizer: Optimizer) -> Arrays:
    return {
        f"state_{i}_{name}": value
        for i, state in enumerate(optimizer.state)
        for name, value in state.items()
    }


def _settings(optimizer: Optimizer) -> dict[str, float]:
    """学习率、动量系数等：优化器属性里的数。"""
    return {
        name: float(value) for name, value in vars(optimizer).items() if isinstance(value, Real)
    }


def _plain(value: Any) -> object:
    """JSON 不认得的：有的发生器，状态里含有 NumPy 的数组与整数。"""
    return value.tolist()
