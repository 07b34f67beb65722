"""限额：一份作业最多用多少内存、进程、磁盘与时间。"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from dlbasics.exercises import time_limit

MEGA = 1_000_000


@dataclass(frozen=True)
class Limits:
    """一份作业最多用多少。

    Parameters
    ----------
    memory : int
        整个沙箱的内存，单位 MB。
    process_memory : int
        一个进程的地址空间，单位 MB。
    processes : int
        进程和线程的个数。
    disk : int
        ``/tmp`` 的大小，也是一个文件的大小，单位 MB。
    call_seconds, cell_seconds : float
        回答一组输入、运行一个单元的秒数，按处理器时间算：机器忙，不怪学生。
    patience : float
        上面两样的钟表时间最多是几倍：只等待、不计算的，也有个头。
    total_seconds : float
        批改整份作业的秒数，按钟表算。
    """

    memory: int = 1500
    process_memory: int = 3000
    processes: int = 48
    disk: int = 50
    call_seconds: float = 10
    cell_seconds: float = 30
    patience: float = time_limit.PATIENCE
    total_seconds: float = 600

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not value > 0:
                raise ValueError(f"{name} 应是正数，得到 {value!r}")

    def for_each_process(self, *, counted: bool) -> dict[str, int]:
        """沙箱里每个进程的限额（rlimit）；``counted`` 是进程的个数也限不限。"""
        limits = {
            "RLIMIT_AS": self.process_memory * MEGA,
            "RLIMIT_FSIZE": self.disk * MEGA,
            "RLIMIT_NOFILE": 128,
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": int(self.total_seconds) + 1,
        }
        return limits | ({"RLIMIT_NPROC": self.processes} if counted else {})
