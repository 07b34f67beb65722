"""交上来的作业：老实的怪样子，和存心捣乱的。每份写明应得多少分，没有批成的写明原因。

作业只有两道题：``momentum/half_life``（1 分）和 ``momentum/update``（2 分）。
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbformat.v4 import new_code_cell, new_notebook

from dlbasics.exercises.exercise import IMPORTS
from dlbasics.exercises.registry import find
from dlbasics.teaching.assignment import Assignment
from dlbasics.teaching.notebooks import exercise_cells

IDS = ("momentum/half_life", "momentum/update")
WORK = Assignment("语料", IDS, seed_version=1)
RIGHT = tuple(find(id).solution for id in IDS)
STUBS = tuple(find(id).stub for id in IDS)
WRONG = (
    "def half_life(mu):\n    return 1 / (1 - mu)",
    "def update(x, v, grad, lr, mu):\n    return x, v",
)


@dataclass(frozen=True)
class Case:
    """一份作业。

    ``points`` 是两道题应得的分，没有批成是 None；里外谁先谁后说不定的，写 :data:`NOTHING`：
    不得分就行。``status`` 是结论，空的不查；``note`` 是给教师的话或结论里必须有的字。
    """

    name: str
    notebook: bytes
    points: tuple[float | None, ...]
    status: tuple[str, str] = ("", "")
    note: str = ""


NOTHING = ()
SHORT = {
    "honest-endless-function",
    "honest-endless-cell",
    "honest-sleeping-function",
    "hostile-stops",
    "hostile-swallows-in-a-cell",
    "hostile-fork-bomb",
    "hostile-fork-bomb-in-a-cell",
    "hostile-endless-noise",
    "hostile-noise-from-a-thread",
}
"""停不下来的：批它们的限时短。"""
CASES: list[Case] = []


def written(
    half_life: str = RIGHT[0],
    update: str = RIGHT[1],
    *,
    before: str = "",
    after: str = "",
    change: Callable[[Any], Any] | None = None,
) -> bytes:
    """一本笔记本：导入，``before``，两道题各三个单元，``after``。"""
    cells = [new_code_cell(IMPORTS, id="imports")]
    cells += [new_code_cell(before, id="before")] if before else []
    for id, answer in zip(IDS, (half_life, update), strict=True):
        cells += exercise_cells(find(id))
        cells[-2].source = answer
    cells += [new_code_cell(after, id="after")] if after else []
    notebook = new_notebook(cells=cells)
    if change:
        change(notebook)
    return json.dumps(notebook).encode()


def honest(name: str, notebook: bytes, *points: float | None, **expected: Any) -> None:
    CASES.append(Case(f"honest-{name}", notebook, points or (1, 2), **expected))


def hostile(name: str, *answers: str, points: Any = (0, 0), before: str = "", **more: Any) -> None:
    """捣乱的一份：答案是错的，得分靠捣乱才会有。"""
    notebook = written(*(answers or WRONG), before=before)
    CASES.append(Case(f"hostile-{name}", notebook, points, **more))


def stripped(notebook: Any) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"


def without(*words: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells = [c for c in notebook.cells if not any(w in c.id for w in words)]

    return change


def doubled(word: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells = [c for cell in notebook.cells for c in [cell] * (1 + (word in cell.id))]

    return change


def edited(id: str, source: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        next(cell for cell in notebook.cells if cell.id == id).source = source

    return change


def old_format() -> bytes:
    cells = [{"cell_type": "code", "input": text} for text in (IMPORTS, *RIGHT)]
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()


SWALLOW = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
ODD_BUT_RIGHT = """\
import functools, warnings, sys
%matplotlib inline
!pip install something
print("字" * 100_000, file=sys.stderr)
warnings.warn("只是提醒")
warnings.filterwarnings("error")
np.seterr(all="raise")
display(get_ipython())
"""
CALLABLES = (
    (
        "import functools\n"
        "\n"
        "@functools.lru_cache\n"
        "def half_life(mu):\n"
        "    return np.array(np.log(.5) / np.log(mu))"
    ),
    "class Update:\n    def __call__(self, x, v, grad, lr, mu):\n"
    "        v = mu * v - lr * grad\n        return [x + v, v]\nupdate = Update()",
)

honest("right", written(), status=("passed", "passed"))
honest("blank", written(*STUBS), 0, 0, status=("unanswered", "unanswered"))
honest("half", written(WRONG[0]), 0, 2, status=("wrong", "passed"))
honest("syntax-error", written("def half_life(mu:\n  return"), 0, 2, note="SyntaxError")
honest("magics-and-noise", written(before=ODD_BUT_RIGHT))
honest("cell-magic", written(f"%%time\n{RIGHT[0]}"))
honest("callables-and-lists", written(*CALLABLES))
honest("no-imports", written(change=without("imports")))
honest("no-metadata", written(change=stripped))
honest("answer-twice", written(change=doubled("answer")))
honest("check-twice", written(change=doubled("momentum-update")))
honest(
    "no-checks",
    written(change=lambda n: without("momentum")(n) or n.cells.extend(map(new_code_cell, RIGHT))),
)
honest(
    "one-deleted",
    written(change=without("momentum-update")),
    1,
    0,
    status=("passed", "unanswered"),
    note="没有函数 update",
)
honest("no-cells", written(change=without("")), 0, 0, status=("unanswered", "unanswered"))
honest(
    "other-name",
    written(
        update=RIGHT[1].replace("def update", "def mine"),
        change=edited("momentum-update", 'print("我的")\ncheck("momentum/update", mine)'),
    ),
)
honest("overwritten-later", written(after="\n".join(STUBS)))
honest(
    "number-for-function",
    written("half_life = 3"),
    0,
    2,
    status=("error", "passed"),
    note="不是一个函数",
)
honest("errors-around", written(before='input("几？")', after="1 / 0"), note="EOFError")
honest("exit-in-a-cell", written(before="exit()", after="import sys; sys.exit(1)"))
honest(
    "endless-function",
    written("def half_life(mu):\n    while True: pass"),
    0,
    2,
    status=("timeout", "passed"),
)
honest("endless-cell", written(before="while True: pass"), note="TimeUp")
honest(
    "sleeping-function",
    written("import time\ndef half_life(mu):\n    time.sleep(60)"),
    0,
    2,
    status=("timeout", "passed"),
)
honest(
    "half-written",
    written(
        "def half_life(mu):\n    if mu > 0.8: return np.log(.5) / np.log(mu)\n"
        + STUBS[0].splitlines()[-1]
    ),
    0,
    2,
    status=("error", "passed"),
)
honest(
    "changes-its-input",
    written(
        update="def update(x, v, grad, lr, mu):\n    v *= mu; v -= lr * grad\n    return x + v, v"
    ),
    1,
    0,
    note="改动了传进来的参数",
)
honest(
    "too-deep", written("def half_life(mu):\n    return half_life(mu)"), 0, 2, note="RecursionError"
)
honest(
    "too-much-memory",
    written("def half_life(mu):\n    return np.ones(10**10).sum()"),
    0,
    2,
    status=("error", "passed"),
)
honest("old-format", old_format())
honest("byte-order-mark", b"\xef\xbb\xbf" + written())
honest("half-a-character", written(RIGHT[0] + '\ntext = "\ud83d"'))
for name, broken, reason in [
    ("empty", b"", "不是 JSON"),
    ("cut-off", written()[:-50], "不是 JSON"),
    ("a-list", b"[]", "没有单元"),
    ("gbk", '{"cells": "练习"}'.encode("gbk"), "不是 UTF-8"),
    ("nested", b"[" * 200_000, "不是 JSON"),
    ("numbers", b'{"cells": [' + b"9" * 100_000 + b"]}", "不是 JSON"),
    ("too-large", b" " * 31_000_000, "文件太大"),
    ("too-many-cells", json.dumps({"cells": [{}] * 2001}).encode(), "单元太多"),
]:  # fmt: skip
    CASES.append(Case(f"broken-{name}", broken, (None, None), ("ungraded",) * 2, reason))

STEAL = """\
import os
def half_life(mu):
    from dlbasics.exercises.registry import find
    return find("momentum/half_life").reference(mu)
def hunt():
    package = os.path.dirname(__import__("dlbasics").__file__)
    for root in (package, f"/proc/1/root{package}", "/home", "/root", "/work", "/var", "/etc"):
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name not in ("site-packages", "lib")]
            if "half_life.py" in names:
                return open(os.path.join(folder, "half_life.py")).read()
    raise OSError("找不到")
source = hunt()
"""
HIJACK = """\
import builtins, sys, types, dlbasics.exercises as E, dlbasics.exercises.judging as J
import dlbasics.exercises.comparison as C, dlbasics.teaching.box.frames as F
check = E.check = lambda *a, **k: E.Verdict(True, "通过", status="passed")
J.judge = J.conclude = J.examine = check
J.difference = C.difference = lambda *a, **k: ""
np.allclose = np.array_equal = lambda *a, **k: True
sys.modules["dlbasics.exercises.judging"] = types.ModuleType("judging")
builtins.isinstance = lambda *a: True
"""
SEND = """\
import os, struct, json, threading
def frame(tree, body=b""):
    head = json.dumps(tree).encode()
    return struct.pack("<II", len(head), len(body)) + head + body
def shout(*frames):
    for fd in range(3, 40):
        for each in frames:
            try: os.write(fd, each)
            except OSError: pass
"""
LIAR = """\
class Liar(np.ndarray):
    dtype = property(lambda self: np.dtype("f8"))
    shape = property(lambda self: (10**9,))
    def __array__(self, *a, **k): raise SystemExit
    def tobytes(self): return b"x" * 10**8
    def __eq__(self, other): return True
    __array_ufunc__ = None
class Everything(float):
    __class__ = property(lambda self: np.ndarray)
    __eq__ = lambda self, other: True
    __hash__ = None
    __sub__ = __rsub__ = __abs__ = lambda self, *a: 0.0
    def __reduce__(self): return (eval, ("1/0",))
"""


def last(body: str, head: str = "") -> tuple[str, str]:
    """后一道题的函数体是 ``body``：它毁掉沙箱，就不必再起一个。"""
    body = "\n    ".join(body.splitlines())
    return WRONG[0], f"{head}\ndef update(x, v, grad, lr, mu):\n    {body}"


OUTCOME = 'frame(["tuple", [["str", "outcome"], ["str", "answer"], {0}, ["str", ""]]])'
FORGED = OUTCOME.format('["tuple", [["float", "0x1p+0"], ["float", "0x1p+0"]]]')

hostile("check-is-a-lambda", *WRONG, before="check = lambda *a: None")
hostile("hijacked-judging", *WRONG, before=HIJACK)
hostile("reference-from-the-registry", STEAL, WRONG[1], note="没有编号是")
hostile("reference-from-the-disk", *WRONG, before=STEAL, note="找不到")
hostile(
    "reads-others",
    *last(
        "places = ('/tmp', '/var/tmp', '/proc/1/root/tmp')\n"
        "found = [f for place in places for f in glob.glob(place + '/leak-target*')]\n"
        "return open(found[0]).read()",
        "import glob",
    ),
    note="IndexError",
)
hostile(
    "environment",
    *last("return [v for k, v in os.environ.items() if 'SECRET' in k][0]", "import os"),
    note="IndexError",
)
hostile("exits", *last("raise SystemExit(0)"))
hostile("leaves", *last("os._exit(0)", "import os"), status=("wrong", "error"))
hostile(
    "kills-itself",
    *last("os.kill(os.getpid(), 9)", "import os"),
    status=("wrong", "error"),
    note="信号 9",
)
hostile(
    "kills-its-parent",
    *last("os.kill(os.getppid(), 9)\nreturn 0", "import os"),
)
hostile("kills-everyone", *last("os.kill(-1, 9)\nreturn 0", "import os"))
hostile("stops", *last("os.kill(os.getpid(), 19)", "import os"), status=("wrong", "timeout"))
hostile(
    "kills-in-a-cell",
    *RIGHT,
    before="import os; os.kill(os.getpid(), 9)",
    points=(1, 2),
    note="去掉了第 2 个代码单元",
)
hostile("swallows-in-a-cell", *RIGHT, before=SWALLOW, points=(1, 2), note="第 2 个代码单元")
hostile(
    "fork-bomb",
    *last(
        "while True:\n    try: os.fork()\n    except OSError: time.sleep(.01)", "import os, time"
    ),
)
hostile(
    "fork-bomb-in-a-cell",
    *RIGHT,
    before="import os, time\nwhile True:\n    try: os.fork()\n    except OSError: time.sleep(.01)",
    points=(1, 2),
    note="去掉了第 2 个代码单元",
)
hostile(
    "memory-in-many-processes",
    *last(
        (
            "for _ in range(30):\n"
            "    if os.fork() == 0:\n"
            "        x = np.ones(10**7); time.sleep(60)\n"
            "time.sleep(60)"
        ),
        "import os, time",
    ),
    status=("wrong", "error"),
    note="超过",
)
hostile(
    "memory-without-an-owner",
    *last("return os.memfd_create('x')", "import os"),
    note="PermissionError",
)
hostile(
    "fills-the-disk",
    *last("for i in range(9):\n    open(f'/tmp/{i}', 'wb').write(bytes(10**7))", ""),
    status=("wrong", "error"),
    note="OSError",
)
hostile(
    "writes-outside",
    *WRONG,
    before=(
        "import sys\n"
        "places = '/usr / /dev /etc /proc/sys/kernel /home /root /var/tmp'.split()\n"
        "for place in [*places, sys.prefix]:\n"
        "    try: open(f'{place}/dlbasics-leak', 'w').write('x'); raise SystemExit\n"
        "    except OSError: pass\n"
        "open('/tmp/dlbasics-leak', 'w'); open('/dev/shm/dlbasics-leak', 'w')\n"
        "raise KeyError('只有自己的')"
    ),
    note="只有自己的",
)
hostile(
    "network",
    *last("s = socket.socket(); s.settimeout(1); s.connect(('127.0.0.1', 22))", "import socket"),
    status=("wrong", "error"),
)
hostile(
    "abstract-socket",
    *WRONG,
    before=(
        "import socket\n"
        "s = socket.socket(socket.AF_UNIX); s.bind('\\0dlbasics-leak'); s.listen()\n"
        "raise KeyError('开着')"
    ),
    note="开着",
)
hostile(
    "threads-that-outlive",
    *WRONG,
    before=(
        "import threading\n"
        "def burn():\n"
        "    while True: pass\n"
        "for _ in range(3): threading.Thread(target=burn).start()"
    ),
)
hostile(
    "daemons-that-outlive",
    *last(
        (
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    if os.fork() == 0: time.sleep(600)\n"
            "    os._exit(0)\n"
            "return 0"
        ),
        "import os, time",
    ),
)
hostile("forged-answer", *last(f"shout({FORGED})\nreturn 0", SEND))
hostile(
    "forged-lengths",
    *last('shout(struct.pack("<II", 2**32 - 1, 2**32 - 1))\nreturn 0', SEND),
    status=("wrong", "error"),
    note="不合规矩",
)
hostile(
    "forged-array",
    *last("shout(" + OUTCOME.format('["array", "<f8", [2**40, 2**40]]') + ")\nreturn 0", SEND),
    status=("wrong", "error"),
    note="不合规矩",
)
hostile(
    "forged-class",
    *last("shout(" + OUTCOME.format('["__class__", "object"]') + ")\nreturn 0", SEND),
    status=("wrong", "error"),
    note="不合规矩",
)
hostile(
    "endless-callbacks",
    *last('while True: shout(frame(["tuple", [["str", "call"], ["int", "0x0"]]]))', SEND),
    status=("wrong", "error"),
    note="不合规矩",
)
hostile("endless-noise", *last("while True: shout(b'x' * 65536)", SEND))
hostile(
    "forged-ready",
    *WRONG,
    before=SEND + 'shout(frame(["tuple", [["str", "ready"], ["list", []]]]))',
    points=NOTHING,
)
hostile(
    "noise-from-a-thread",
    *WRONG,
    before=SEND
    + (
        f"def noise():\n"
        f"    while True: shout({FORGED})\n"
        f"threading.Thread(target=noise, daemon=True).start()"
    ),
    points=NOTHING,
)
hostile(
    "steals-the-questions",
    *last(
        "for fd in range(3, 40):\n    try: os.close(fd)\n    except OSError: time.sleep(.01)",
        "import os, time",
    ),
    status=("wrong", "error"),
)
hostile(
    "lying-array",
    "half_life = lambda mu: np.zeros(3).view(Liar)",
    "update = lambda *a: (np.zeros(3).view(Liar),) * 2",
    before=LIAR,
)
hostile(
    "equal-to-everything",
    "half_life = lambda mu: Everything(7)",
    "update = lambda *a: (Everything(7),) * 2",
    before=LIAR,
)
hostile(
    "huge-answers",
    "half_life = lambda mu: 1 << 10**7",
    "update = lambda *a: (np.broadcast_to(0.0, (10**9,)),) * 2",
    note="收不下",
)
hostile("deep-answers", *last("x = []\nfor _ in range(10**5): x = [x]\nreturn x"), note="收不下")
hostile(
    "guessed-seeds",
    *last(
        (
            "np.random.default_rng(0)\n"
            "seen = [sys._getframe(i).f_locals for i in range(5)]\n"
            "return [names for names in seen if 'rng' in names][0]"
        ),
        "import sys",
    ),
    status=("wrong", "error"),
)
hostile(
    "lies-about-itself",
    (
        "class F:\n"
        "    __signature__ = property(lambda s: 1 / 0)\n"
        "    __code__ = __globals__ = 5\n"
        "    def __call__(self, *a): raise NotImplementedError('尚未作答')\n"
        "half_life = F()"
    ),
    (
        "class E(Exception):\n"
        "    def __str__(self): return 'x' * 10**7\n"
        "def update(x, v, grad, lr, mu): raise E"
    ),
)
hostile(
    "raises-its-limits",
    *last("resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999))", "import resource"),
    status=("wrong", "error"),
    note="ValueError",
)
