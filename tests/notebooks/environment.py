"""运行笔记本的固定环境：存输出（``record``）和查输出（``plugin``）都从这里取。

环境只交给笔记本的内核，不改动测试进程自己的环境变量。
要换线程数重查一遍，设 ``NOTEBOOK_THREADS``：``NOTEBOOK_THREADS=2 pytest book``；
要换一种矩阵乘法，设 ``NOTEBOOK_CORETYPE``：``NOTEBOOK_CORETYPE=Sandybridge pytest book``。
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

ROOT = Path(__file__).resolve().parents[2]
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
PERSONAL = (
    "PYTHON",
    "IPYTHON",
    "JUPYTER",
    "MPL",
    "MATPLOTLIB",
    "XDG_",
    "DASK_",
    "TQDM_",
    "NPY_",
    "OPENBLAS_",
)
"""以这些开头的环境变量是个人的设置，不进内核。"""

UNSET = ("FORCE_COLOR", "NO_COLOR", "LANG", "LANGUAGE", "HOME")

STARTUP = f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.fonts import forbid_other_fonts
forbid_other_fonts()
sys.path.remove({str(ROOT)!r})
"""
"""每个内核启动时运行：书外的字体一概不用。"""


@cache
def private_folder() -> Path:
    """本进程的临时文件夹，当作内核的家：个人的配置进不来，内核也不往读者的家里写。

    里面备好了 matplotlib 的字体清单（只有它自带的字体），内核启动时不必扫描系统，也就不会抱怨。
    进程结束时删掉。
    """
    folder = Path(tempfile.mkdtemp(prefix="dlbasics-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    startup = folder / "ipython" / "profile_default" / "startup"
    for path in (startup, folder / "matplotlib", folder / "runtime"):
        path.mkdir(parents=True)
    (startup / "fonts.py").write_text(STARTUP, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-c", "import matplotlib.font_manager"],
        env={
            **os.environ,
            "MPLCONFIGDIR": str(folder / "matplotlib"),
            "MPL_IGNORE_SYSTEM_FONTS": "1",
        },
        check=True,
    )
    return folder


def same_arithmetic(coretype: str | None) -> dict[str, str]:
    """让各种 x86-64 处理器算到最后一位都相同的环境变量。

    NumPy 与 OpenBLAS 按处理器挑选指令，加法的次序、``tanh`` 的末位随之而变；训练几百步以后，
    差一位就是另一个网络。都用 AVX2 那一套；没有 AVX2 的处理器用它自己的。
    ``coretype`` 换一种 OpenBLAS 的实现，为的是看输出经不经得起。
    """
    wider = [name for name in __cpu_dispatch__ if name == "X86_V4" or name.startswith("AVX512")]
    settings = {"NPY_DISABLE_CPU_FEATURES": " ".join(wider)} if wider else {}
    if coretype or (__cpu_features__.get("AVX2") and __cpu_features__.get("FMA3")):
        settings["OPENBLAS_CORETYPE"] = coretype or "Haswell"
    return settings


def notebook_environment(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """返回内核的环境变量：``base`` 去掉会影响输出的设置，再加上固定的设置。

    个人的 IPython、Jupyter 与 matplotlib 配置也被换掉，否则同一本笔记本在两台机器上画出两幅图。

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
    environment = {
        name: value
        for name, value in base.items()
        if name not in UNSET and not name.startswith(("LC_", *PERSONAL))
    }
    environment.update(FIXED)
    environment.update(same_arithmetic(base.get("NOTEBOOK_CORETYPE")))
    environment.update(dict.fromkeys(THREADS, base.get("NOTEBOOK_THREADS", "1")))
    home = private_folder()
    environment["HOME"] = environment["USERPROFILE"] = str(home)
    environment["IPYTHONDIR"] = str(home / "ipython")
    environment["JUPYTER_RUNTIME_DIR"] = str(home / "runtime")
    environment["MPLCONFIGDIR"] = str(home / "matplotlib")
    matplotlib = Path(find_spec("matplotlib").origin).parent
    environment["MATPLOTLIBRC"] = str(matplotlib / "mpl-data" / "matplotlibrc")
    return environment
