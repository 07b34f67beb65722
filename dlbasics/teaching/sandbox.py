"""沙箱：用 bubblewrap 关住学生的代码。

里面没有网络，没有家，系统只读，看不见参考解答、别人的作业和外面的进程；自己的 ``/tmp``
和限额。内存、进程、文件、时间都有上限，一个沙箱用完，里面的一切随它消失。

整个沙箱的内存，有 systemd 的用户会话就由控制组（cgroup）来限；没有，就由外面的一只眼睛
盯着：每 :data:`GLANCE` 秒加一遍里面各个进程的内存，超过就整个关掉。后一种办法不是滴水不漏：
两眼之间还能多占一些，所以每个进程另有自己的上限。

需要 Linux 和 bubblewrap 0.8 以上。root 不受这些限额约束，所以不能用 root 批改。
"""

from __future__ import annotations

import functools
import math
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np

import dlbasics
from dlbasics.exercises import time_limit
from dlbasics.teaching import frames, seccomp

MEGA = 1_000_000
GLANCE = 0.1
PACKAGE = Path(dlbasics.__file__).parent
RUNNER = PACKAGE / "teaching" / "runner.py"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
CONFIGURATION = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/nix/store")


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
    """一个沙箱，里面是 :mod:`~dlbasics.teaching.runner`。用 ``with``，出来时里面的一切都没了。"""

    def __init__(self, limits: Limits, *, unsafe: bool = False) -> None:
        self.limits = limits
        self.unsafe = unsafe
        self.outgrown = False

    def __enter__(self) -> Box:
        self._home = TemporaryDirectory(prefix="dlbasics-box-") if self.unsafe else None
        filtered = None if self.unsafe else seccomp.as_file()
        environment = surroundings(self._home.name if self._home else "/tmp")
        try:
            self.process = Program(
                [sys.executable, "-s", "-P", str(RUNNER)]
                if self._home
                else command(self.limits, environment, filtered),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=self._home.name if self._home else "/",
                env=environment if self.unsafe else bare(),
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


def family(pid: int) -> list[int]:
    """一个进程和它的全部后代。"""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in os.listdir(f"/proc/{parent}/task"):
                with suppress(OSError):
                    text = Path(f"/proc/{parent}/task/{task}/children").read_text()
                    found += [int(child) for child in text.split()]
    return found


def processor_time(pid: int) -> float:
    """一个进程和它的全部后代用过的处理器时间，单位秒；结束了的后代也算。"""
    return sum(map(_ticks, family(pid))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def private_memory(pid: int) -> int:
    """一个进程自己占的内存，不算与别人共用的文件。"""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")


def surroundings(home: str) -> dict[str, str]:
    """里面的环境变量，全部在这里。"""
    libraries = [str(Path(np.__file__).parents[1]), str(PACKAGE.parent)]
    fixed = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(libraries)),
        "TQDM_DISABLE": "1",
    }
    same = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")  # 里外算得一样
    return fixed | {name: os.environ[name] for name in same if name in os.environ}


def bare() -> dict[str, str]:
    """起沙箱的命令自己要的环境变量。"""
    wanted = ("PATH", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def command(limits: Limits, environment: dict[str, str], filtered: int | None) -> list[str]:
    """起一个沙箱的命令。"""
    words = [*whole_box(limits), "bwrap", "--unshare-all", "--unshare-user", "--disable-userns"]
    words += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "box"]
    words += ["--clearenv", *(word for item in environment.items() for word in ("--setenv", *item))]
    if filtered is not None:
        words += ["--seccomp", str(filtered)]
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            words += ["--ro-bind", path, path]
    size = str(limits.disk * MEGA)
    words += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"]
    words += ["--size", size, "--tmpfs", "/tmp"]
    for path in visible():
        words += ["--ro-bind", path, path]
    for path in CONFIGURATION:
        words += ["--ro-bind-try", path, path]
    for path in hidden():
        words += ["--tmpfs", path, "--remount-ro", path]
    words += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", "/tmp", "--", sys.executable, "-s", "-P", str(RUNNER)]


def visible() -> list[str]:
    """里面看得见的文件夹：系统的程序、Python、它的库、没有参考解答的 dlbasics。"""
    libraries = Path(np.__file__).parents[1]
    wanted = ("/usr", sys.base_prefix, sys.prefix, str(libraries), str(PACKAGE))
    return [path for path in dict.fromkeys(wanted) if os.path.isdir(path)]


def hidden() -> list[str]:
    """里面看不见的文件夹：各章练习，连同参考解答。"""
    folders = [path for path in (PACKAGE / "exercises").iterdir() if path.is_dir()]
    return [str(path) for path in sorted(folders) if path.name != "__pycache__"]


def whole_box(limits: Limits) -> list[str]:
    """让控制组限住整个沙箱的命令；这台机器上没有就是空的。"""
    if not _has_user_session():
        return []
    most = [
        f"MemoryMax={limits.memory * MEGA}",
        "MemorySwapMax=0",
        f"TasksMax={limits.processes + 8}",
    ]
    options = [word for each in most for word in ("-p", each)]
    return ["systemd-run", "--user", "--scope", "--quiet", "--collect", *options, "--"]


@functools.cache
def _has_user_session() -> bool:
    if not shutil.which("systemd-run"):
        return False
    probe = ["systemd-run", "--user", "--scope", "--quiet", "--collect", "-p", "MemoryMax=100M"]
    try:
        done = subprocess.run(
            [*probe, "--", "true"], capture_output=True, timeout=10, env=bare(), check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def problem() -> str:
    """这台机器为什么不能批改、该怎样办；能批改就是空字符串。真的起一个沙箱来试。"""
    if not sys.platform.startswith("linux"):
        return (
            "批改要在 Linux 上进行，沙箱靠它的内核。Windows 上可以用 WSL2；"
            "或者把批改交给一台 Linux 的机器（--scheduler）。布置、收取、反馈在哪里都行。"
        )
    if os.geteuid() == 0:
        return "不要用 root 批改：限额约束不了 root。换一个普通用户再运行，例如 sudo -u nobody。"
    if not shutil.which("bwrap"):
        return (
            "没有找到 bubblewrap，学生的代码关不进沙箱。请安装：\n"
            "  Debian、Ubuntu、WSL2：sudo apt install bubblewrap\n"
            "  Fedora：sudo dnf install bubblewrap\n"
            "  Arch：sudo pacman -S bubblewrap"
        )
    return _try_a_box()


@functools.cache
def _try_a_box() -> str:
    words = command(Limits(), surroundings("/tmp"), None)
    words = words[: words.index("--", words.index("--chdir"))]
    try:
        done = subprocess.run(
            [*words, "--", sys.executable, "-c", "import numpy"],
            capture_output=True,
            timeout=60,
            env=bare(),
            cwd="/",
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap 起不来：{error}"
    if done.returncode == 0:
        return ""
    said = (done.stderr.strip().splitlines() or ["没有说原因"])[-1][:200]
    return (
        f"bubblewrap 在这台机器上起不来：{said}\n"
        "  版本要 0.8 以上（bwrap --version）。\n"
        "  Ubuntu 24.04 起，要允许它用用户命名空间："
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0\n"
        "  在容器里面，要由容器允许用户命名空间；或者换一台机器（--scheduler）。"
    )
