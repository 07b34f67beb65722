"""运行笔记本的固定环境：存输出（``record``）和查输出（``plugin``）都从这里取。

环境只交给笔记本的内核，不改动测试进程自己的环境变量。
要换线程数重查一遍，设 ``NOTEBOOK_THREADS``：``NOTEBOOK_THREADS=2 pytest book``。
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IPYTHON = ROOT / "_build" / "ipython"
CELL_TIMEOUT = 300
"""一个单元最多运行的秒数。"""

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TQDM_DISABLE": "1",
}
UNSET = (
    "MPLBACKEND",
    "PYTHONWARNINGS",
    "PYTHONSTARTUP",
    "PYTHONOPTIMIZE",
    "PYTHONDEVMODE",
    "FORCE_COLOR",
)


def notebook_environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """返回内核的环境变量：``base`` 去掉会影响输出的设置，再加上固定的设置。

    个人的 IPython 配置和 matplotlibrc 也被换掉，否则同一本笔记本在两台机器上画出两幅图。

    Parameters
    ----------
    base : Mapping[str, str]
        出发点，默认是当前进程的环境变量；不会被修改。

    Returns
    -------
    dict[str, str]
        完整的环境变量。

    Examples
    --------
    >>> notebook_environment({"MPLBACKEND": "svg"}).get("MPLBACKEND") is None
    True
    >>> notebook_environment({"NOTEBOOK_THREADS": "4"})["OMP_NUM_THREADS"]
    '4'
    """
    environment = {name: value for name, value in base.items() if name not in UNSET}
    environment.update(FIXED)
    environment.update(dict.fromkeys(THREADS, base.get("NOTEBOOK_THREADS", "1")))
    IPYTHON.mkdir(parents=True, exist_ok=True)
    environment["IPYTHONDIR"] = str(IPYTHON)
    matplotlib = Path(find_spec("matplotlib").origin).parent
    environment["MATPLOTLIBRC"] = str(matplotlib / "mpl-data" / "matplotlibrc")
    return environment
