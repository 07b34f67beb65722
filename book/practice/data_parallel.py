"""几个进程一起训练一个卷积网络，每一步都与一个进程时相同。

\b
先在本机试：  python book/practice/data_parallel.py --workers 2
接上集群：    一台机器上  dask scheduler
              每台机器上  dask worker 调度器的地址
              然后        python book/practice/data_parallel.py --scheduler 调度器的地址

各台机器都要装好 dlbasics（pip install -e ".[parallel]"），版本相同。
"""

from __future__ import annotations

import click
import numpy as np

from dlbasics.datasets import digits_on_canvas, split
from dlbasics.layers import Conv2d, GlobalMaxPool2d, Linear, MaxPool2d, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.metrics import accuracy
from dlbasics.optimizers import Momentum
from dlbasics.training import fit
from dlbasics.training.data_parallel import DataParallel, connect

COUNT = click.IntRange(min=1)


@click.command(help=__doc__, context_settings={"max_content_width": 88})
@click.option("--scheduler", metavar="地址", help="已有调度器的地址；不给，就在本机开一个小集群")
@click.option("--workers", type=COUNT, default=2, show_default=True, help="小集群有几个进程")
@click.option("--shards", type=COUNT, help="一批分成几份；不给，就每个工作进程一份")
@click.option("--epochs", type=COUNT, default=15, show_default=True, help="训练几轮")
def main(scheduler: str | None, workers: int, shards: int | None, epochs: int) -> None:
    rng = np.random.default_rng(0)
    data = split(*digits_on_canvas(16, rng), rng)
    model = Sequential(
        Conv2d(1, 16, 3, padding=1, rng=rng, dtype=float), ReLU(), MaxPool2d(2),
        Conv2d(16, 32, 3, padding=1, rng=rng, dtype=float), ReLU(), GlobalMaxPool2d(),
        Linear(32, 10, rng=rng, dtype=float),
    )  # fmt: skip
    try:
        with connect(scheduler, workers=workers) as client:
            present = len(client.nthreads())
            click.echo(f"{present} 个工作进程" if present else "还没有工作进程，等它们连上来……")
            fit(
                model, data.train_x, data.train_y, loss=softmax_cross_entropy,
                optimizer=Momentum(lr=0.05), epochs=epochs, batch_size=128, rng=rng,
                gradients=DataParallel(client, shards or max(present, 1)),
            )  # fmt: skip
    except (OSError, ValueError) as error:
        raise click.ClickException(f"连不上调度器，检查 --scheduler 的地址：{error}") from error
    click.echo(f"测试正确率 {accuracy(model.forward(data.test_x), data.test_y):.1%}")


if __name__ == "__main__":  # 本机的工作进程会重新导入这个文件
    main()
