"""保存与恢复：逐位相同地接着训练；坏文件、错配、中断都不留半点痕迹。"""

import json
import os
import re
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbasics.layers import Conv2d, Flatten, Linear, ReLU, Sequential
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp
from dlbasics.training import History, fit, load_state, save_state

OPTIMIZERS = {
    "SGD": lambda: SGD(lr=0.1),
    "Momentum": lambda: Momentum(lr=0.1, mu=0.8),
    "Nesterov": lambda: Nesterov(lr=0.1, mu=0.8),
    "AdaGrad": lambda: AdaGrad(lr=0.1),
    "RMSProp": lambda: RMSProp(lr=0.01, rho=0.9),
    "Adam": lambda: Adam(lr=0.01, beta1=0.8),
    "AdamW": lambda: AdamW(lr=0.01, weight_decay=0.1),
}
X = np.random.default_rng(7).standard_normal((50, 1, 6, 6)).astype(np.float32)
Y = np.random.default_rng(8).integers(3, size=50)


def make_model(dtype=np.float32, hidden=2):
    rng = np.random.default_rng(0)
    options = {"rng": rng, "dtype": dtype}
    return Sequential(
        Conv2d(1, hidden, 3, **options), ReLU(), Flatten(), Linear(16 * hidden, 3, **options)
    )


def make_everything(optimizer="Momentum", bit_generator=np.random.PCG64, **options):
    return (
        make_model(**options),
        OPTIMIZERS[optimizer](),
        np.random.Generator(bit_generator(1)),
    )


def train(model, optimizer, rng, *, epochs, x=X, **options):
    return fit(
        model, x, Y, loss=softmax_cross_entropy, optimizer=optimizer, rng=rng, epochs=epochs,
        batch_size=16, progress=False, validation=(x, Y), **options,
    )  # fmt: skip


def contents(model, optimizer, rng):
    """全部状态，可以逐位比较。"""
    return deepcopy(
        (
            [p.tolist() for p in model.parameters],
            {
                name: [{k: a.tolist() for k, a in s.items()} for s in value]
                if name == "state"
                else value
                for name, value in vars(optimizer).items()
            },
            repr(rng.bit_generator.state),
        )
    )


@pytest.fixture
def saved(tmp_path):
    """训练两轮之后的文件，以及当时的状态。"""
    path, everything = tmp_path / "model.npz", make_everything()
    history = train(*everything, epochs=2)
    save_state(path, *everything, history)
    return path, contents(*everything), history


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_resumed_training_is_identical_bit_for_bit(optimizer, dtype, tmp_path):
    x = X.astype(dtype)
    whole = make_everything(optimizer, dtype=dtype)
    whole_history = train(*whole, epochs=6, x=x)

    first = make_everything(optimizer, dtype=dtype)
    save_state(tmp_path / "half.npz", *first, train(*first, epochs=2, x=x))
    second = make_everything(optimizer, dtype=dtype)
    history = load_state(tmp_path / "half.npz", *second)
    assert history.epochs == 2
    assert train(*second, epochs=6, x=x, history=history) == whole_history
    assert contents(*second) == contents(*whole)


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_bit_generator_is_restored(name, tmp_path):
    first = make_everything(bit_generator=getattr(np.random, name))
    save_state(tmp_path / "m.npz", *first, train(*first, epochs=1))
    second = make_everything(bit_generator=getattr(np.random, name))
    load_state(tmp_path / "m.npz", *second)
    assert_array_equal(first[2].random(1000), second[2].random(1000))


def test_the_loaded_learning_rate_counts(tmp_path):
    """训练途中改过的学习率也要恢复。"""
    first = make_everything()
    history = train(*first, epochs=1)
    first[1].lr = 0.0123456789
    save_state(tmp_path / "m.npz", *first, history)
    second = make_everything()
    load_state(tmp_path / "m.npz", *second)
    assert second[1].lr == 0.0123456789


def test_a_used_optimizer_is_rewound(saved):
    path, wanted, history = saved
    used = make_everything()
    train(*used, epochs=3)
    assert contents(*used) != wanted
    assert load_state(path, *used) == history
    assert contents(*used) == wanted


def test_loaded_state_is_independent_of_other_loads(saved):
    path, wanted, history = saved
    one, two = make_everything(), make_everything()
    load_state(path, *one)
    load_state(path, *two)
    train(*one, epochs=4, history=history)
    assert contents(*two) == wanted


def test_saving_every_epoch(tmp_path):
    path, everything = tmp_path / "m.npz", make_everything()
    train(*everything, epochs=3, after_epoch=lambda h: save_state(path, *everything, h))
    restored = make_everything()
    assert load_state(path, *restored).epochs == 3
    assert contents(*restored) == contents(*everything)


def test_the_file_holds_no_pickle(saved):
    path, *_ = saved
    with np.load(path, allow_pickle=False) as file:
        names = set(file)
        assert all(file[name].dtype.kind in "fiU" for name in names)
    parameters = {f"parameter_{i}" for i in range(4)}
    assert names == parameters | {f"state_{i}_v" for i in range(4)} | {"about"}


MISMATCHES = {
    "hidden": (lambda: make_everything(hidden=3), "model"),
    "dtype": (lambda: make_everything(dtype=np.float64), "model"),
    "SGD": (lambda: make_everything("SGD"), "optimizer"),
    "Nesterov": (lambda: make_everything("Nesterov"), "optimizer"),
    "Philox": (lambda: make_everything(bit_generator=np.random.Philox), "rng"),
}


def assert_refused(path, everything, name):
    before = contents(*everything)
    with pytest.raises(ValueError) as error:
        load_state(path, *everything)
    assert contents(*everything) == before
    message = str(error.value)
    assert re.search(rf"(?<!\w){name}(?!\w)", message), message
    assert re.search(r"[\u4e00-\u9fff]", message), message


@pytest.mark.parametrize("mismatch", MISMATCHES)
def test_mismatch_changes_nothing(mismatch, saved):
    make, name = MISMATCHES[mismatch]
    assert_refused(saved[0], make(), name)


def test_optimizer_of_another_model_is_refused(saved):
    model, _, rng = make_everything()
    other = make_everything(hidden=3)
    train(*other, epochs=1)
    assert_refused(saved[0], (model, other[1], rng), "params")


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"not a file of ours" * 10, b"\x93NUMPY\x01\x00garbage"],
    ids=["empty", "zip-magic", "text", "npy-magic"],
)
def test_other_files_are_refused(content, tmp_path):
    path = tmp_path / "m.npz"
    path.write_bytes(content)
    assert_refused(path, make_everything(), "path")


def test_other_archives_are_refused(tmp_path):
    path = tmp_path / "m.npz"
    for arrays in (
        {"x": np.ones(3)},
        {"about": np.array("[1, 2]")},
        {"about": np.array("{}")},
        {"about": np.array({"rng": 1}, dtype=object)},
    ):
        np.savez(path, allow_pickle=True, **arrays)
        assert_refused(path, make_everything(), "path")


def test_incomplete_generator_state_changes_nothing(tmp_path):
    path, first = tmp_path / "m.npz", make_everything(bit_generator=np.random.MT19937)
    save_state(path, *first, train(*first, epochs=1))
    with np.load(path) as file:
        arrays = dict(file)
    about = json.loads(arrays["about"].item())
    del about["rng"]["state"]["pos"]
    np.savez(path, **(arrays | {"about": np.array(json.dumps(about))}))
    assert_refused(path, make_everything(bit_generator=np.random.MT19937), "rng")


def test_truncated_files_are_refused(saved):
    path, *_ = saved
    content = path.read_bytes()
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        assert_refused(path, make_everything(), "path")


def test_a_changed_byte_is_refused_or_harmless(saved):
    path, wanted, history = saved
    content = path.read_bytes()
    refused = 0
    for i in range(0, len(content), 13):
        path.write_bytes(content[:i] + bytes([content[i] ^ 0x55]) + content[i + 1 :])
        everything = make_everything()
        before = contents(*everything)
        try:
            assert load_state(path, *everything) == history
            assert contents(*everything) == wanted
        except ValueError:
            refused += 1
            assert contents(*everything) == before
    assert refused > len(content) / 13 / 2


def test_missing_file_is_not_called_corrupt(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_state(tmp_path / "none.npz", *make_everything())


def test_nothing_to_save_before_training(tmp_path):
    with pytest.raises(ValueError, match="optimizer 应至少走过一步"):
        save_state(tmp_path / "m.npz", *make_everything(), History())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails", ["numpy.savez", "os.fsync", "os.replace"])
def test_a_failed_save_keeps_the_old_file(fails, saved, monkeypatch):
    path, wanted, _ = saved
    everything = make_everything()
    history = train(*everything, epochs=4)

    def fail(*args, **kwargs):
        raise OSError("磁盘已满")

    monkeypatch.setattr(fails, fail)
    with pytest.raises(OSError, match="磁盘已满"):
        save_state(path, *everything, history)
    monkeypatch.undo()
    assert list(path.parent.iterdir()) == [path]
    restored = make_everything()
    load_state(path, *restored)
    assert contents(*restored) == wanted


def test_a_killed_process_keeps_the_old_file(saved):
    """写到一半时进程突然消失：没有机会清理，旧文件仍然完好。"""
    path, wanted, _ = saved
    code = f"""
import os
import numpy as np
from dlbasics.layers import Linear
from dlbasics.optimizers import SGD
from dlbasics.training import History, save_state

def half(file, **arrays):
    file.write(b"PK")
    file.flush()
    os._exit(9)

np.savez = half
model, optimizer = Linear(2, 2, rng=np.random.default_rng(0)), SGD(0.1)
optimizer.step(model.parameters, model.gradients)
save_state({str(path)!r}, model, optimizer, np.random.default_rng(0), History())
"""
    killed = subprocess.run([sys.executable, "-c", code], env=os.environ, check=False)
    assert killed.returncode == 9
    assert len(list(path.parent.iterdir())) == 2  # 旧文件与半份草稿
    restored = make_everything()
    load_state(path, *restored)
    assert contents(*restored) == wanted
