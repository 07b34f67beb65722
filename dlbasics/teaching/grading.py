"""批改：出题和评判在外面，学生的函数在沙箱里，一组组输入隔着管道去问。

评判就是自查用的那一个（:func:`dlbasics.exercises.judging.judge`），所以结论与学生在笔记本里
看到的逐字相同。外面不运行学生的代码，不读里面写的文件，只听答案；参考解答和输入的来处从不进去。

批改一份作业是一个纯函数 :func:`grade_submission`：进去的是字节，出来的是每道题的 :class:`Mark`。
所以能分给几个进程，也能分给几台机器（:func:`grade_many`）。
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np

from dlbasics.exercises.exercise import Exercise
from dlbasics.exercises.judging import Verdict, conclude, examine
from dlbasics.exercises.time_limit import TimeUp, call_within
from dlbasics.teaching.assignment import Assignment, exercises_of
from dlbasics.teaching.box import frames
from dlbasics.teaching.box.limits import Limits
from dlbasics.teaching.box.probe import problem
from dlbasics.teaching.box.sitting import NotReached, Remote, Sitting
from dlbasics.teaching.submission import Unreadable, read_cells

UNGRADED = "未批"
"""没有批成的题，结论的第一个词。"""
TRIES = 3
"""批改一份作业的进程突然没了，最多再试几次。"""


class Refused(RuntimeError):
    """这台机器不能安全地批改；消息说怎样办。"""


@dataclass(frozen=True)
class Mark:
    """一道题的成绩。

    Attributes
    ----------
    exercise : str
        题的编号。
    points, possible : float
        得分与满分。
    verdict : dict
        :meth:`Verdict.as_dict`；没有批成时 ``status`` 是 ``"ungraded"``，这时的 0 分不是成绩。
    shows_input : bool
        反例的输入人人相同、与种子无关，可以给学生看。
    note : str
        给教师看的话：没有批成的原因，出错的单元，函数是怎样找到的。
    """

    exercise: str
    points: float
    possible: float
    verdict: dict[str, Any]
    shows_input: bool
    note: str

    @property
    def graded(self) -> bool:
        """批成了没有。"""
        return self.verdict["status"] != "ungraded"

    def as_dict(self) -> dict[str, Any]:
        """各项组成的字典，可以直接写成 JSON。"""
        return asdict(self)


def seed(secret: bytes, assignment: Assignment, id: str, use: str = "grade") -> int:
    """一道题的输入的种子：由课程的密钥、作业、题算出，全班一样，学生猜不到。"""
    words = "\0".join([use, assignment.name, str(assignment.seed_version), id])
    return int.from_bytes(hmac.new(secret, words.encode(), hashlib.sha256).digest(), "big")


def grade_submission(
    notebook: bytes,
    assignment: Assignment,
    *,
    secret: bytes,
    limits: Limits | None = None,
    unsafe: bool = False,
) -> list[Mark]:
    """批改一本笔记本。

    Parameters
    ----------
    notebook : bytes
        ``.ipynb`` 文件的内容。
    assignment : Assignment
        作业。
    secret : bytes
        课程的密钥，至少 16 个字节。
    limits : Limits, optional
        限额。
    unsafe : bool
        不用沙箱，学生的代码以你的身份运行。只在别处已经隔离好的机器上用。

    Returns
    -------
    list of Mark
        作业里每道题一个，次序相同；笔记本怎样坏，学生的代码怎样闹，都有。

    Raises
    ------
    Refused
        这台机器没有能用的沙箱，或者在用 root 运行。
    ValueError
        密钥太短，或者作业里有没有的练习。
    """
    if not isinstance(secret, bytes) or len(secret) < 16:
        raise ValueError("secret 应是至少 16 个字节的密钥")
    if not unsafe and (reason := problem()):
        raise Refused(reason)
    exercises = exercises_of(assignment)
    try:
        cells = read_cells(notebook, assignment.exercises)
    except Unreadable as error:
        return [ungraded(exercise, str(error)) for exercise in exercises]
    with Sitting(cells, exercises, limits or Limits(), unsafe=unsafe) as sitting:
        return [_mark(sitting, exercise, assignment, secret) for exercise in exercises]


def ungraded(exercise: Exercise, note: str) -> Mark:
    """没有批成的一道题。"""
    headline = f"{UNGRADED}　{exercise.title}"
    verdict = Verdict(False, headline, status="ungraded").as_dict()
    return Mark(exercise.id, 0.0, float(exercise.points), verdict, False, note)


def _mark(sitting: Sitting, exercise: Exercise, assignment: Assignment, secret: bytes) -> Mark:
    """问完一道题，下结论，算分。"""
    numbers = [seed(secret, assignment, exercise.id, use) for use in ("grade", "compare")]
    rng, other = map(np.random.default_rng, numbers)
    func = Remote(sitting, exercise)
    try:
        with func:
            seconds = sitting.limits.total_seconds
            results = call_within(seconds, _examined, func, exercise, rng, assignment.partial)
    except NotReached as error:
        return ungraded(exercise, str(error))
    except TimeUp:
        return ungraded(exercise, "评判这份答案用的时间太长，请人来看")
    except Exception as error:
        return ungraded(exercise, f"评判出了错：{type(error).__name__}：{error}"[:300])
    verdict = conclude(exercise, results)
    if func.absence is not None:
        verdict = func.absence
    share = sum(not problem for _, problem in results) / max(1, len(results))
    if not assignment.partial or verdict.status == "unanswered":
        share = float(verdict.passed)
    wrong = next((i for i, (_, problem) in enumerate(results) if problem), None)
    shows = wrong is not None and _same_for_all(exercise, results[wrong][0], wrong, other)
    points = round(share * exercise.points, 2)
    possible = float(exercise.points)
    return Mark(exercise.id, points, possible, verdict.as_dict(), shows, func.note)


def _examined(
    func: Remote, exercise: Exercise, rng: np.random.Generator, whole: bool
) -> list[tuple[tuple, dict[str, str]]]:
    """一组一组地问，到第一组答错的为止；``whole`` 时全部问完。"""
    found = []
    for args, wrong in examine(exercise, func, rng, ask=Remote.ask):
        found.append((args, wrong))
        if wrong and (not whole or wrong.get("status") == "unanswered"):
            break
    return found


def _same_for_all(exercise: Exercise, args: tuple, number: int, rng: np.random.Generator) -> bool:
    """换一个种子，第 ``number`` 组输入还是这一组。"""
    again = next(islice(exercise.inputs(rng), number, None), None)
    try:
        return again is not None and frames.pack(again) == frames.pack(args)
    except frames.BadFrame:
        return False


def grade_many(
    submissions: Iterable[bytes],
    assignment: Assignment,
    *,
    secret: bytes,
    workers: int | None = None,
    scheduler: Any = None,
    limits: Limits | None = None,
    unsafe: bool = False,
) -> Iterator[tuple[int, list[Mark]]]:
    """批改许多本笔记本，批完一本给出一本的序号和成绩，不按次序。

    一个工作进程半路没了，它手上的那几本重新来过；每一本恰好给出一次。

    Parameters
    ----------
    submissions : iterable of bytes
        各本笔记本的内容。一边批一边取，不一下子全部读进来。
    assignment, secret, limits, unsafe
        见 :func:`grade_submission`。
    workers : int, optional
        用几个进程，默认是 CPU 的个数；有 ``scheduler`` 时不用它。
    scheduler : str or distributed.Client, optional
        dask 集群的地址，例如 ``"tcp://10.0.0.5:8786"``：分给它的各台机器去批。
        密钥和作业经过网络，集群要建在信得过的网络里。

    Raises
    ------
    Refused
        要批改的机器没有能用的沙箱，或者在用 root 运行。
    """
    exercises = exercises_of(assignment)
    grade = functools.partial(
        grade_submission, assignment=assignment, secret=secret, limits=limits, unsafe=unsafe
    )
    if scheduler is not None:
        results = _on_a_cluster(submissions, grade, scheduler)
    else:
        if not unsafe and (reason := problem()):
            raise Refused(reason)
        results = _here(submissions, grade, workers or os.cpu_count() or 1)
    return _or_ungraded(results, exercises)


def _or_ungraded(
    results: Iterator[tuple[int, list[Mark] | None]], exercises: list[Exercise]
) -> Iterator[tuple[int, list[Mark]]]:
    note = f"批改它的进程 {TRIES} 次都突然没了，请人来看"
    for number, marks in results:
        yield number, [ungraded(each, note) for each in exercises] if marks is None else marks


Grade = Callable[[bytes], list[Mark]]
Task = tuple[int, bytes, int]
"""序号，内容，试过几次。"""


def _here(
    submissions: Iterable[bytes], grade: Grade, workers: int
) -> Iterator[tuple[int, list[Mark] | None]]:
    """分给这台机器的几个进程。"""
    coming = ((number, notebook, 0) for number, notebook in enumerate(submissions))
    again: list[Task] = []
    while True:
        pool = _Pool(workers)
        try:
            again = yield from pool.work(coming, again, grade)
        finally:
            pool.close()
        for number, _, _ in [task for task in again if task[2] >= TRIES]:
            yield number, None
        again = [task for task in again if task[2] < TRIES]
        if not again:
            first = next(coming, None)
            if first is None:
                return
            again = [first]


class _Pool:
    """一组工作进程；其中一个没了，整组就不能用了，要换一组。"""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        spawn = multiprocessing.get_context("spawn")
        self.pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_leave_ctrl_c_alone)

    def work(
        self, coming: Iterator[Task], again: list[Task], grade: Grade
    ) -> Generator[tuple[int, list[Mark] | None], None, list[Task]]:
        """批完一本给出一本，同时在手上的不超过进程数的两倍；返回要重来的。"""
        running: dict[Future, Task] = {}
        waiting = list(again)
        lost: list[Task] = []
        while True:
            while len(running) < 2 * self.workers and not lost:
                task = waiting.pop(0) if waiting else next(coming, None)
                if task is None:
                    break
                try:
                    running[self.pool.submit(grade, task[1])] = task
                except BrokenProcessPool:
                    lost.append(task)
            if not running:
                return lost + waiting
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number, notebook, tries = running.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append((number, notebook, tries + 1))
                else:
                    yield number, future.result()

    def close(self) -> None:
        """结束各个进程；沙箱随它们一起消失。"""
        for process in list((self.pool._processes or {}).values()):
            process.terminate()
        self.pool.shutdown(wait=True, cancel_futures=True)


def _leave_ctrl_c_alone() -> None:
    """中断由主进程处理。"""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _on_a_cluster(
    submissions: Iterable[bytes], grade: Grade, scheduler: Any
) -> Iterator[tuple[int, list[Mark] | None]]:
    """分给 dask 集群；工作进程没了，由 dask 交给别的。"""
    from distributed import Client, as_completed
    from distributed.scheduler import KilledWorker

    own = not isinstance(scheduler, Client)
    client = Client(scheduler) if own else scheduler
    try:
        coming = enumerate(submissions)
        threads = max(1, sum(client.ncores().values()))
        numbers = {}

        def submit(number: int, notebook: bytes) -> Any:
            future = client.submit(grade, notebook, pure=False, retries=TRIES)
            numbers[future.key] = number
            return future

        done = as_completed([submit(*task) for task in islice(coming, 2 * threads)])
        for future in done:
            number = numbers.pop(future.key)
            try:
                marks = future.result()
            except KilledWorker:
                marks = None
            yield number, marks
            for task in islice(coming, 1):
                done.add(submit(*task))
    finally:
        if own:
            client.close()
