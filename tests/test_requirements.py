"""依赖清单互相一致：直接依赖与 Binder 的环境都在锁定清单之内，版本相同。"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pins(name: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {pin.lower() for pin in re.findall(r"(?m)^([\w.-]+==[\w.]+)", text)}


@pytest.mark.parametrize("name", ["requirements.txt", ".binder/requirements.txt"])
def test_every_pin_is_in_the_lock(name):
    assert len(pins(name)) > 10
    assert pins(name) <= pins("requirements.lock")


def test_the_lock_pins_everything_exactly():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    loose = [line for line in lines if line.strip() and "==" not in line and "#" not in line]
    assert not loose
