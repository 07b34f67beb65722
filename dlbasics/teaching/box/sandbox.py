"""沙箱：用 bubblewrap 关住学生的代码。

里面没有网络，没有家，系统只读，看不见参考解答、别人的作业和外面的进程；自己的 ``/tmp``
和限额。内存、进程、文件、时间都有上限，一个沙箱用完，里面的一切随它消失。

整个沙箱的内存，有 systemd 的用户会话就由控制组（cgroup）来限；没有，就由外面的一只眼睛
盯着：每 :data:`GLANCE` 秒加一遍里面各个进程的内存，超过就整个关掉。后一种办法不是滴水不漏：
两眼之间还能多占一些，所以每个进程另有自己的上限。

需要 Linux 和 bubblewrap 0.8 以上。root 不受这些限额约束，所以不能用 root 批改。
"""

from __future__ import annotations

import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import IO, Any

from dlbasics.teaching.box import frames, seccomp, walls
from dlbasics.teaching.box.limits import MEGA, Limits
from dlbasics.teaching.box.processes import family, private_memory, processor_time

GLANCE = 0.1


class Lost(BaseException):
    """与沙箱断了联系。它不是 ``Exception``，谁也不会把它当作学生的函数出的错。

    Attributes
    ----------
    why : {"start", "dead", "late", "spent", "bad", "memory"}
        没有起来、死了、等得太久、用完了处理器时间、说了不合规矩的话、用了太多内存。
    """

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


class Program(subprocess.Popen[bytes]):
    """沙箱里的程序；起它时两头都接上管道，所以两根管道总是有的。"""

    stdin: IO[bytes]
    stdout: IO[bytes]


class Box:
    """一个沙箱，里面是 :mod:`~dlbasics.teaching.box.runner`。

    用 ``with``，出来时里面的一切都没了。
    """

    def __init__(self, limits: Limits, *, unsafe: bool = False) -> None:
        self.limits = limits
        self.unsafe = unsafe
        self.outgrown = False

    def __enter__(self) -> Box:
        self._home = TemporaryDirectory(prefix="dlbasics-box-") if self.unsafe else None
        filtered = None if self.unsafe else seccomp.as_file()
        environment = walls.surroundings(self._home.name if self._home else "/tmp")
        try:
            self.process = Program(
                [sys.executable, "-s", "-P", str(walls.RUNNER)]
                if self._home
                else walls.command(self.limits, environment, filtered),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=self._home.name if self._home else "/",
                env=environment if self.unsafe else walls.bare(),
                pass_fds=() if filtered is None else (filtered,),
                start_new_session=True,
            )
        except OSError as error:
            self._forget_home()
            raise Lost("start", f"沙箱没有起来：{error.strerror}") from None
        finally:
            if filtered is not None:
                os.close(filtered)
        self._reading, self._writing = self.process.stdout.fileno(), self.process.stdin.fileno()
        os.set_blocking(self._writing, False)
        self._over = threading.Event()
        self._eye = threading.Thread(target=self._watch, daemon=True)
        self._eye.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._kill()
        self.process.wait()
        self._wait_for_the_end()
        self._eye.join()
        self.process.stdin.close()
        self.process.stdout.close()
        self._forget_home()

    def send(self, value: Any, seconds: float = 10) -> None:
        """送一帧进去。"""
        end = time.monotonic() + seconds
        left = memoryview(frames.pack(value))
        while left:
            if not select.select([], [self._writing], [], max(0, end - time.monotonic()))[1]:
                raise Lost("late", "沙箱不听")
            try:
                left = left[os.write(self._writing, left) :]
            except BlockingIOError:
                continue
            except OSError:
                raise self._gone() from None

    def receive(self, seconds: float, computing: float = math.inf) -> tuple:
        """从里面收一帧；它应是一个以文字开头的元组。

        最多等 ``seconds`` 秒，其间里面最多用 ``computing`` 秒处理器时间。
        """
        end = time.monotonic() + seconds
        most = computing + processor_time(self.process.pid)
        try:
            tree, body = frames.lengths(self._read(frames.PREFIX.size, end, most))
            value = frames.unpack(self._read(tree, end, most), self._read(body, end, most))
        except frames.BadFrame as error:
            raise Lost("bad", f"沙箱说了不合规矩的话：{error}") from None
        if type(value) is not tuple or not value or type(value[0]) is not str:
            raise Lost("bad", "沙箱说了不合规矩的话")
        return value

    def _read(self, count: int, end: float, most: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            left = end - time.monotonic()
            if not select.select([self._reading], [], [], min(GLANCE, max(0, left)))[0]:
                if left <= 0:
                    raise Lost("late", "沙箱没有回答")
                if processor_time(self.process.pid) > most:
                    raise Lost("spent", "沙箱用完了处理器时间")
                continue
            part = os.read(self._reading, min(1 << 20, count - len(parts)))
            if not part:
                raise self._gone()
            parts += part
        return bytes(parts)

    def _gone(self) -> Lost:
        if self.outgrown:
            return Lost("memory", f"整个沙箱用的内存超过了 {self.limits.memory} MB，或者进程太多")
        return Lost("dead", "沙箱里的程序突然结束了")

    def _watch(self) -> None:
        """盯着整个沙箱，超过限额就关掉它。"""
        while not self._over.wait(GLANCE):
            inside = family(self.process.pid)
            most = self.limits.processes + 8
            if len(inside) > most or sum(map(private_memory, inside)) > self.limits.memory * MEGA:
                self.outgrown = True
                self._kill()
                return

    def _kill(self) -> None:
        if self.unsafe:  # 没有沙箱替我们收拾：自己一个个找
            for pid in reversed(family(self.process.pid)):
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            self.process.kill()

    def _wait_for_the_end(self, seconds: float = 5) -> None:
        """等里面的进程都放开管道：那时它们确实不在了。"""
        end = time.monotonic() + seconds
        while select.select([self._reading], [], [], max(0, end - time.monotonic()))[0]:
            if not os.read(self._reading, 1 << 16):
                return

    def _forget_home(self) -> None:
        if self._home:
            self._home.cleanup()
