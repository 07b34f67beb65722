import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_features__

from tests.notebooks.environment import PERSONAL, THREADS, notebook_environment

FOLDERS = ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")


def test_personal_settings_do_not_reach_the_kernel():
    names = [f"{prefix}MINE" for prefix in PERSONAL] + ["LC_TIME", "LANG", "HOME", "MATPLOTLIBRC"]
    environment = notebook_environment(dict.fromkeys(names, "/mine"))
    assert "/mine" not in environment.values()
    assert os.path.isfile(environment["MATPLOTLIBRC"])
    assert all(os.access(environment[name], os.W_OK) for name in FOLDERS)


def test_the_list_of_fonts_is_ready_and_holds_no_system_font():
    (fonts,) = Path(notebook_environment()["MPLCONFIGDIR"]).glob("fontlist-*.json")
    entries = json.loads(fonts.read_text(encoding="utf-8"))["ttflist"]
    assert entries
    # matplotlib 自带的字体写成相对路径
    assert not [entry["fname"] for entry in entries if os.path.isabs(entry["fname"])]


def test_progress_hash_seed_and_threads_are_fixed():
    environment = notebook_environment({"TQDM_DISABLE": "", "PYTHONHASHSEED": "random"})
    assert environment["TQDM_DISABLE"] == "1"
    assert environment["PYTHONHASHSEED"] == "0"
    assert {environment[name] for name in THREADS} == {"1"}


def test_threads_can_be_overridden_for_a_check():
    environment = notebook_environment({"NOTEBOOK_THREADS": "2", "OMP_NUM_THREADS": "8"})
    assert {environment[name] for name in THREADS} == {"2"}


LOOK = """
import numpy
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
from threadpoolctl import threadpool_info
print(*(name for name in __cpu_dispatch__ if __cpu_features__[name]))
print(*(library["architecture"] for library in threadpool_info()))
"""


def test_every_x86_processor_computes_the_same():
    """用到的指令至多是 AVX2；矩阵乘法用哪一种，由环境说了算，不由处理器。"""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        pytest.skip("不是 x86-64 的处理器")
    used = []
    for asked in ({}, {"NOTEBOOK_CORETYPE": "Nehalem"}):
        environment = notebook_environment({**os.environ, "NPY_DISABLE_CPU_FEATURES": "", **asked})
        looked = subprocess.run(
            [sys.executable, "-c", LOOK],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        instructions, blas = looked.stdout.splitlines()
        assert set(instructions.split()) <= {"X86_V3", "AVX2", "FMA3"}
        used.append(blas)
    assert used[1] == "Nehalem"
    assert used[0] == "Haswell" or not __cpu_features__["AVX2"]


def test_the_base_is_copied():
    base = {"MPLBACKEND": "svg", "PATH": "/bin"}
    assert notebook_environment(base)["PATH"] == "/bin"
    assert base == {"MPLBACKEND": "svg", "PATH": "/bin"}
