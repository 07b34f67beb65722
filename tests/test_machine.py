"""一台不友善的机器：别的时区与编码、没有家、写不了配置、满是个人设置，测试的结论不变。"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = (
    "book/exercises/momentum.ipynb",
    "tests/exercises/test_judging.py",
    "tests/dlbasics/datasets/test_mnist.py",
)
MACHINES = {
    "ascii-console": {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "TZ": "America/St_Johns",
        "PYTHONHASHSEED": "7",
    },
    "gbk-console": {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0", "TZ": "Asia/Shanghai"},
    "no-home": dict.fromkeys(
        ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "IPYTHONDIR"), "/proc/nope"
    )
    | {"MPLCONFIGDIR": "/proc/nope", "JUPYTER_CONFIG_DIR": "/proc/nope"},
    "personal-settings": {
        "MPLBACKEND": "svg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "default",
        "PYTHONUNBUFFERED": "1",
        "PYTHONSAFEPATH": "1",
        "TQDM_MINITERS": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.quotepath",
        "GIT_CONFIG_VALUE_0": "true",
        "COLUMNS": "40",
        "NO_COLOR": "1",
        "OMP_NUM_THREADS": "8",
    },
}


@pytest.mark.skipif(sys.platform == "win32", reason="/proc 与 LC_ALL 是 Linux 与 macOS 的")
@pytest.mark.parametrize("settings", MACHINES.values(), ids=MACHINES)
def test_the_verdict_does_not_hang_on_the_machine(tmp_path, settings):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-browser"]
    result = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'sample'}", *SAMPLE],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
    )
    told = result.stdout.decode("utf-8", "replace") + result.stderr.decode("utf-8", "replace")
    assert result.returncode == 0, told[-3000:]
