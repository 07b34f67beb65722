"""训练循环。"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dlbasics._checks import array, integer
from dlbasics.layers import Layer
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Optimizer
from dlbasics.sampling import minibatches
from dlbasics.training.history import History

Loss = Callable[[NDArray, NDArray], tuple[float, NDArray]]
Gradients = Callable[[Layer, NDArray, NDArray, Loss], tuple[float, list[NDArray]]]
Schedule = Callable[[int], float]


def gradients_here(model: Layer, x: NDArray, y: NDArray, loss: Loss) -> tuple[float, list[NDArray]]:
    """在本机算一批样本的平均损失，以及它对每个参数的梯度。

    Parameters
    ----------
    model : Layer
    x, y : ndarray, shape (n, ...)
    loss : callable
        同 :func:`fit`。

    Returns
    -------
    loss : float
    gradients : list of ndarray
        次序同 ``model.parameters``。

    Examples
    --------
    >>> from dlbasics.layers import Linear
    >>> from dlbasics.losses import mean_squared_error
    >>> model = Linear(2, 1, rng=np.random.default_rng(0), dtype=float)
    >>> x, y = np.eye(2), np.zeros((2, 1))
    >>> _, gradients = gradients_here(model, x, y, mean_squared_error)
    >>> [g.shape for g in gradients]
    [(1, 2), (1,)]
    """
    value, grad_output = loss(model.forward(x), y)
    model.backward(grad_output, need_grad_x=False)
    return value, model.gradients


def fit(
    model: Layer,
    x: NDArray,
    y: NDArray,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    progress: bool = True,
    validation: tuple[NDArray, NDArray] | None = None,
    patience: int | None = None,
    history: History | None = None,
    after_epoch: Callable[[History], None] | None = None,
    schedule: Schedule | None = None,
    gradients: Gradients = gradients_here,
) -> History:
    """训练：每轮把样本打乱，一批一批地前向、反向、走一步。

    Parameters
    ----------
    model : Layer
        通常是 :class:`dlbasics.layers.Sequential`；它的参数被就地修改。
    x : ndarray, shape (n, ...)
        训练样本，dtype 与模型的参数相同。
    y : ndarray, shape (n, ...)
        标签（整数的类）或目标值。
    loss : callable
        ``(output, y) -> (loss, grad_output)``，对样本取平均，
        例如 :func:`dlbasics.losses.softmax_cross_entropy`。
    optimizer : Optimizer
    epochs : int
        总轮数；接着训练时，以前的轮数也算在内。
    batch_size : int
        批量大小；最后一批可以不足，它在每轮平均损失里的权重也按样本数算。
    rng : numpy.random.Generator
        只用来打乱样本：同样的种子、模型与数据，结果逐位相同。
    progress : bool
        是否显示进度条；启动 Python 之前设环境变量 TQDM_DISABLE=1 也能关掉它。
    validation : (ndarray, ndarray), optional
        验证集 (x, y)，每轮结束时评一次，不参与训练。
    patience : int, optional
        验证损失连续这么多轮没有创新低，就提前结束；参数停在最后一轮。
    history : History, optional
        从这份记录接着训练，见 :func:`dlbasics.training.load_state`；它不会被修改。
    after_epoch : callable, optional
        每轮结束时以目前的记录调用一次，例如用来保存状态。
    schedule : callable, optional
        ``step -> 倍数``，见 :mod:`dlbasics.optimizers.schedules`：第 step 步（从 0 数起，接着训练时
        接着数）用 ``optimizer.lr × 倍数`` 走；``optimizer.lr`` 自己不变。
    gradients : callable
        ``(model, x, y, loss) -> (loss, gradients)``，怎样算一批的平均损失与梯度；默认在本机算，
        :class:`dlbasics.training.data_parallel.DataParallel` 把它分给几个进程。

    Returns
    -------
    History
        训练发散，损失变成 ``inf`` 或 ``nan`` 时，记下这一轮就结束。

    Raises
    ------
    ValueError
        参数不合适，或样本与模型的形状、dtype 不合。

    Examples
    --------
    见 :mod:`dlbasics.training`。
    """
    _check_data(model, x, y, optimizer)
    history = History() if history is None else deepcopy(history)
    _check_plan(epochs, validation, patience, history)
    if validation is not None:
        _check_data(model, *validation, optimizer)
    steps = _steps_per_epoch(len(x), batch_size, rng)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        _progress_bar(progress, total=epochs * steps, initial=history.epochs * steps) as bar,
    ):
        while history.epochs < epochs and not _finished(history, patience):
            batches = minibatches(len(x), batch_size, rng)
            total = 0.0
            for batch in batches:
                value, grads = gradients(model, x[batch], y[batch], loss)
                lr = None if schedule is None else optimizer.lr * schedule(history.steps)
                optimizer.step(model.parameters, grads, lr=lr)
                total += value * len(batch)
                history.steps += 1
                bar.update()
            history.loss.append(total / len(x))
            if validation is not None:
                _validate(model, *validation, loss, batch_size, history)
            bar.set_postfix(_latest(history))
            if after_epoch is not None:
                after_epoch(history)
    return history


def _validate(
    model: Layer, x: NDArray, y: NDArray, loss: Loss, batch_size: int, history: History
) -> None:
    starts = range(0, len(x), batch_size)
    output = np.concatenate([model.forward(x[i : i + batch_size]) for i in starts])
    history.validation_loss.append(loss(output, y)[0])
    if np.issubdtype(y.dtype, np.integer):
        history.validation_accuracy.append(accuracy(output, y))


def _finished(history: History, patience: int | None) -> bool:
    diverged = bool(history.loss) and not np.isfinite(history.loss[-1])
    return diverged or (patience is not None and history.epochs_without_improvement() >= patience)


def _steps_per_epoch(n: int, batch_size: int, rng: np.random.Generator) -> int:
    minibatches(n, batch_size, rng)  # 只借用它的检查；不取就不会用掉随机数
    return -(-n // batch_size)


def _progress_bar(progress: bool, *, total: int, initial: int) -> tqdm:
    # 不传 disable，TQDM_DISABLE 才有效
    silence = {} if progress else {"disable": True}
    return tqdm(desc="训练", unit="步", total=total, initial=initial, **silence)


def _latest(history: History) -> dict[str, str]:
    latest = {"轮": str(history.epochs), "损失": f"{history.loss[-1]:.4f}"}
    if history.validation_loss:
        latest["验证损失"] = f"{history.validation_loss[-1]:.4f}"
    if history.validation_accuracy:
        latest["验证正确率"] = f"{history.validation_accuracy[-1]:.3f}"
    return latest


def _check_data(model: Layer, x: NDArray, y: NDArray, optimizer: Optimizer) -> None:
    if not isinstance(model, Layer) or not model.parameters:
        raise ValueError(f"model 应是有参数的一层或 Sequential，得到 {type(model).__name__}")
    if not isinstance(optimizer, Optimizer):
        raise ValueError(f"optimizer 应是优化器，例如 SGD(lr=0.1)，得到 {optimizer!r}")
    if len(array("x", x)) != len(array("y", y)):
        raise ValueError(f"y 应与 x 一样多：{len(x)} 个，得到 {len(y)} 个")


def _check_plan(
    epochs: int,
    validation: tuple[NDArray, NDArray] | None,
    patience: int | None,
    history: History,
) -> None:
    integer("epochs（总轮数）", epochs, max(1, history.epochs))
    if patience is not None:
        integer("patience", patience, 1)
    if patience is not None and validation is None:
        raise ValueError("patience 要看验证损失，validation 不应是 None")
    if len(history.validation_loss) != (history.epochs if validation is not None else 0):
        raise ValueError(
            "validation 应与 history 一致：以前每轮都有验证，接着训练也要有；以前没有，就不要给"
        )
