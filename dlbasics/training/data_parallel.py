"""同步的数据并行：一批样本分成几份，几个进程各算一份的梯度，按样本数加权平均，再走一步。

平均损失的梯度，等于各份平均梯度按样本数的加权平均，所以走的每一步与在一台机器上相同，
只差浮点加法的次序。每份是一个纯函数的任务，参数与样本都随任务一起寄出：算到一半死掉的进程，
它的任务由调度器交给别的进程重算，结果不变。各份总按同样的次序相加，因此谁先算完也不影响结果。

需要 dask.distributed：``pip install "dlbasics[parallel]"``。
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dlbasics._checks import integer
from dlbasics.layers import Layer
from dlbasics.training.fitting import Loss, gradients_here

if TYPE_CHECKING:
    from distributed import Client

Shard = tuple[int, float, list[NDArray]]


class DataParallel:
    """把一批样本的梯度分给几个进程算；``fit(..., gradients=DataParallel(client, 4))``。

    Parameters
    ----------
    client : distributed.Client
        连着一个调度器，例如 :func:`connect` 给出的。
    shards : int
        一批分成几份，正整数；不能整除时各份最多差一个样本，样本不够时就少分几份。

    Examples
    --------
    >>> from dlbasics.layers import Linear
    >>> from dlbasics.losses import mean_squared_error
    >>> model = Linear(2, 1, rng=np.random.default_rng(0), dtype=float)
    >>> x, y = np.arange(10.0).reshape(5, 2), np.ones((5, 1))
    >>> _, alone = gradients_here(model, x, y, mean_squared_error)
    >>> with connect(processes=False) as client:
    ...     _, together = DataParallel(client, 2)(model, x, y, mean_squared_error)
    >>> bool(np.allclose(alone[0], together[0], rtol=1e-12))
    True

    References
    ----------
    Dean et al. (2012), Large scale distributed deep networks；
    Goyal et al. (2017), Accurate, large minibatch SGD, §2–3（同步的写法）。
    """

    def __init__(self, client: Client, shards: int) -> None:
        self.client = client
        self.shards = integer("shards", shards, 1)

    def __call__(
        self, model: Layer, x: NDArray, y: NDArray, loss: Loss
    ) -> tuple[float, list[NDArray]]:
        """一批的平均损失与梯度；用法与结果同 ``fit`` 的参数 ``gradients``。

        Raises
        ------
        ValueError
            样本与标签不一样多，或者一个也没有。
        distributed.KilledWorker
            同一份任务一连弄死了 4 个进程（多半是一份太大，内存不够）；参数没有任何改动。
        """
        if len(x) != len(y) or len(x) == 0:
            raise ValueError(f"x 与 y 应一样多，至少一个，得到 {len(x)} 个与 {len(y)} 个")
        parts = np.array_split(np.arange(len(x)), min(self.shards, len(x)))
        tasks = [
            self.client.submit(_shard_gradient, model, x[part], y[part], loss, pure=False)
            for part in parts
        ]
        return weighted_average(self.client.gather(tasks))


def weighted_average(shards: list[Shard]) -> tuple[float, list[NDArray]]:
    """各份的平均损失与梯度，按样本数加权平均。

    Parameters
    ----------
    shards : list of (int, float, list of ndarray)
        每份的样本数、平均损失与梯度；梯度的个数与形状处处相同。

    Returns
    -------
    loss : float
    gradients : list of ndarray
        dtype 同各份的梯度。

    Examples
    --------
    3 个样本的平均是 2，1 个样本的平均是 6，4 个的平均是 3，不是 4：

    >>> weighted_average([(3, 2.0, [np.array([2.0])]), (1, 6.0, [np.array([6.0])])])
    (3.0, [array([3.])])
    """
    total = sum(n for n, _, _ in shards)
    loss = sum(n / total * value for n, value, _ in shards)
    columns = zip(*(gradients for *_, gradients in shards), strict=True)
    weights = [n / total for n, *_ in shards]
    return loss, [sum(w * g for w, g in zip(weights, column, strict=True)) for column in columns]


@contextmanager
def connect(
    address: str | None = None, *, workers: int = 2, processes: bool = True
) -> Iterator[Client]:
    """连上一个调度器；离开 ``with`` 时断开，本地的集群也一起关掉。

    Parameters
    ----------
    address : str, optional
        已有调度器的地址，例如 ``"tcp://10.0.0.1:8786"``；不给，就在本机开一个小集群。
    workers : int
        本机的小集群有几个工作进程，每个一条线程。
    processes : bool
        假：工作者是本进程里的线程，启动快，适合试用。

    Yields
    ------
    distributed.Client

    Raises
    ------
    RuntimeError
        脚本里没有放进 ``if __name__ == "__main__":``：工作进程重新导入它，又会各开一个集群。

    Examples
    --------
    >>> with connect(processes=False, workers=3) as client:
    ...     client.gather(client.map(abs, [-1, -2]))
    [1, 2]
    """
    from distributed import Client, LocalCluster

    if address is not None:
        with Client(address) as client:
            yield client
        return
    if processes and _runs_again_on_import():
        raise RuntimeError(
            '脚本里的 connect() 要放进 if __name__ == "__main__": 里；'
            "工作进程会重新导入这个脚本，没有这一行，每个工作进程又会开一个集群"
        )
    cluster = LocalCluster(
        n_workers=integer("workers", workers, 1),
        threads_per_worker=1,
        processes=processes,
        dashboard_address="127.0.0.1:0",  # 没有控制台；任意空闲的端口，不与别的集群相争
        scheduler_kwargs={"dashboard": False},
    )
    with cluster, Client(cluster) as client:
        yield client


def _runs_again_on_import() -> bool:
    """现在执行到的主脚本那一行，重新导入脚本时会不会再执行一遍。"""
    frame = inspect.currentframe()
    while frame and (frame.f_code.co_name, frame.f_globals["__name__"]) != ("<module>", "__main__"):
        frame = frame.f_back
    if frame is None or "__file__" not in frame.f_globals:
        return False  # 交互式的解释器与笔记本没有脚本，工作进程什么也不重新导入
    script = ast.parse(Path(frame.f_globals["__file__"]).read_bytes())
    line = frame.f_lineno or 0
    guards = (node for node in script.body if isinstance(node, ast.If))
    return not any(
        node.lineno <= line <= (node.end_lineno or 0) and "__name__" in ast.unparse(node.test)
        for node in guards
    )


def _shard_gradient(model: Layer, x: NDArray, y: NDArray, loss: Loss) -> Shard:
    """一份样本的任务。工作者可能与本进程共用同一个 model，所以用它的一份拷贝。"""
    return len(x), *gradients_here(deepcopy(model), x, y, loss)
