"""构建时取来的别人的文件：核对过的才用，取不到就说清缺什么。"""

import hashlib
import json
import sys

import pytest

from in_browser import vendoring

CONTENT = {"a.js": b"alpha", "b.wasm": b"beta"}
HASHES = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}


def source(contents, asked=None):
    """给得出 ``contents`` 里的文件的来源；每次被问到的名字记进 ``asked``。"""

    def give(names, folder):
        if asked is not None:
            asked.append(names)
        for name in set(names) & set(contents):
            (folder / name).write_bytes(contents[name])

    return give


def unreachable(names, folder):
    raise OSError("连不上")


def test_files_are_fetched_once(tmp_path):
    asked = []
    for _ in range(2):
        vendoring.fetch(HASHES, tmp_path, (source(CONTENT, asked),))
    assert asked == [["a.js", "b.wasm"]]
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == CONTENT


def test_the_next_source_is_asked_for_what_is_missing(tmp_path):
    asked = []
    first = source({"a.js": b"alpha", "b.wasm": b"forged"})
    vendoring.fetch(HASHES, tmp_path, (unreachable, first, source(CONTENT, asked)))
    assert asked == [["b.wasm"]]
    assert (tmp_path / "b.wasm").read_bytes() == b"beta"


def test_a_wrong_file_is_never_used(tmp_path):
    wrong = source(CONTENT | {"b.wasm": b"forged"})
    with pytest.raises(vendoring.Unavailable, match=r"没有取到与 SHA-256 相符的 b\.wasm"):
        vendoring.fetch(HASHES, tmp_path, (wrong,))
    assert [path.name for path in tmp_path.iterdir()] == ["a.js"]


def test_a_file_spoilt_in_the_cache_is_fetched_again(tmp_path):
    vendoring.fetch(HASHES, tmp_path, (source(CONTENT),))
    (tmp_path / "a.js").write_bytes(b"spoilt")
    vendoring.fetch(HASHES, tmp_path, (source(CONTENT),))
    assert (tmp_path / "a.js").read_bytes() == b"alpha"


def test_without_a_source_the_reason_is_told(tmp_path):
    with pytest.raises(vendoring.Unavailable, match=r"a\.js、b\.wasm；OSError：连不上"):
        vendoring.fetch(HASHES, tmp_path, (unreachable,))


def test_without_pip_there_is_no_editor_and_no_leftover(tmp_path, monkeypatch):
    monkeypatch.setattr(vendoring, "PIP", [sys.executable, "-c", "raise SystemExit(1)"])
    with pytest.raises(vendoring.Unavailable, match="没有取来编辑器"):
        vendoring.editor(tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_part_of_the_editor_is_pinned_by_its_hash():
    lock = json.loads((vendoring.EDITOR / "package-lock.json").read_text(encoding="utf-8"))
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert len(parts) > 10
    assert all(part["integrity"].startswith("sha512-") for part in parts.values())
    assert not any("resolved" in part for part in parts.values())
