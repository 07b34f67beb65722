import os

from tests.notebooks.environment import THREADS, UNSET, notebook_environment


def test_personal_settings_do_not_reach_the_kernel():
    base = dict.fromkeys(UNSET, "x") | {"MATPLOTLIBRC": "/mine", "IPYTHONDIR": "/mine"}
    environment = notebook_environment(base)
    assert not environment.keys() & set(UNSET)
    assert os.path.isfile(environment["MATPLOTLIBRC"])
    assert os.path.isdir(environment["IPYTHONDIR"])


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
