import json
import os
from pathlib import Path

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


def test_the_base_is_copied():
    base = {"MPLBACKEND": "svg", "PATH": "/bin"}
    assert notebook_environment(base)["PATH"] == "/bin"
    assert base == {"MPLBACKEND": "svg", "PATH": "/bin"}
