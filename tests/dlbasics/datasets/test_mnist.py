"""MNIST：IDX 格式读得对，坏文件说得清，缺了会下载，下不了说怎么办。"""

import gzip
import hashlib
import json
import re
import shutil
import struct
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbasics.datasets import mnist as module
from dlbasics.datasets.mnist import FILES, IDX_TYPES, mnist, read_idx

CHAPTER = Path(__file__).parents[3] / "book" / "practice" / "train_a_cnn.ipynb"
CODES = {np.dtype(dtype).newbyteorder("="): code for code, dtype in IDX_TYPES.items()}


def idx(values):
    """按格式说明写出的 IDX。"""
    code = CODES[values.dtype]
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, code, values.ndim, *values.shape)
    return header + values.astype(values.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def four_files(tmp_path, monkeypatch):
    """文件夹里四个小的 IDX 文件；核对的 SHA-256 换成它们的。"""
    rng = np.random.default_rng(0)
    folder = tmp_path / "四个文件"
    folder.mkdir()
    arrays, sums = {}, {}
    for name in FILES:
        n = 120 if name.startswith("train") else 5
        shape = (n, 28, 28) if "images" in name else (n,)
        arrays[name] = rng.integers(10 if len(shape) == 1 else 256, size=shape).astype(np.uint8)
        (folder / name).write_bytes(gzip.compress(idx(arrays[name]), mtime=0))
        sums[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    monkeypatch.setattr(module, "FILES", sums)
    return folder, arrays


@pytest.fixture
def site(four_files, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    handler = partial(QuietHandler, directory=four_files[0])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def check(data, arrays):
    images, labels = arrays["train-images-idx3-ubyte.gz"], arrays["t10k-labels-idx1-ubyte.gz"]
    assert data.train_x.shape == (120, 1, 28, 28) and data.test_x.shape == (5, 1, 28, 28)
    assert data.train_x.dtype == np.float32 and data.test_y.dtype == np.int64
    assert_array_equal(data.train_x[:, 0], images.astype(np.float32) / 255)
    assert_array_equal(data.test_y, labels)


def test_reads_the_four_files(four_files):
    folder, arrays = four_files
    check(mnist(folder, source="http://127.0.0.1:9/"), arrays)  # 都在，就不上网


def test_downloads_what_is_missing(four_files, site, tmp_path):
    _, arrays = four_files
    new = tmp_path / "new"
    check(mnist(new, source=site), arrays)
    assert sorted(p.name for p in new.iterdir() if p.suffix != ".lock") == sorted(FILES)
    kept = new / "t10k-labels-idx1-ubyte.gz"
    before = kept.stat().st_mtime_ns
    (new / "train-images-idx3-ubyte.gz").unlink()
    check(mnist(new, source=site), arrays)
    assert kept.stat().st_mtime_ns == before


def test_offline_says_what_to_do(four_files, tmp_path, monkeypatch):
    monkeypatch.delenv("http_proxy", raising=False)
    with pytest.raises(OSError) as caught:
        mnist(tmp_path / "empty", source="http://127.0.0.1:9/")
    message = str(caught.value)
    assert "失败" in message and f"放进文件夹 {tmp_path / 'empty'}" in message
    assert all(name in message for name in FILES)
    assert [p.suffix for p in (tmp_path / "empty").iterdir() if p.suffix != ".lock"] == []


def test_damaged_file_is_refused_and_kept(four_files):
    folder, _ = four_files
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="已损坏，或是别的文件；请删掉它"):
        mnist(folder)
    assert path.exists()


def test_published_checksums_are_used(tmp_path, four_files, monkeypatch):
    folder, _ = four_files
    monkeypatch.setattr(module, "FILES", FILES)  # 真的 SHA-256
    with pytest.raises(ValueError, match="SHA-256 不符"):
        mnist(shutil.copytree(folder, tmp_path / "copy"))


@pytest.mark.parametrize("source", ["", "ftp://a/", "http://a", "/data/"])
def test_bad_source(tmp_path, source):
    with pytest.raises(ValueError, match="source"):
        mnist(tmp_path, source=source)


@pytest.mark.parametrize("dtype", CODES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4), (2, 3, 4)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reads_every_type_and_shape(tmp_path, dtype, shape, pack):
    values = (np.random.default_rng(0).standard_normal(shape) * 50).astype(dtype)
    path = tmp_path / "values"
    path.write_bytes(pack(idx(np.asarray(values))))
    got = read_idx(path)
    assert got.dtype == dtype and got.dtype.isnative and got.flags.writeable
    assert_array_equal(got, values)


def test_the_listing_in_the_chapter_runs(four_files, tmp_path, monkeypatch, capsys):
    """正文里的那段代码，换成这四个小文件，一字不改地运行。"""
    folder, _ = four_files
    (tmp_path / "data").mkdir()
    shutil.copytree(folder, tmp_path / "data" / "mnist")
    monkeypatch.chdir(tmp_path)
    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    source = {cell["id"]: "".join(cell["source"]) for cell in cells}
    listing = re.search(r"```python\n(.*?)```", source["mnist"], re.DOTALL)[1]
    names = {}
    exec(source["setup"], names)
    exec(listing, names)
    assert 0 <= float(capsys.readouterr().out) <= 1
    assert names["parts"].train_x.shape == (100, 1, 28, 28)
    assert names["lenet"].parameter_count == 42_038  # 正文说 4.2 万


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


PACKED = gzip.compress(GOOD, mtime=0)
BROKEN = {
    "empty": (b"", "不是 IDX"),
    "web-page": (b"<html>404</html>", "不是 IDX"),
    "unknown-type": (b"\0\0\x07\x01\0\0\0\0", "不是 IDX"),
    "half-a-header": (GOOD[:6], "各维的长度都不全"),
    "one-byte-short": (GOOD[:-1], "应有 18 字节，得到 17"),
    "one-byte-more": (GOOD + b"\0", "应有 18 字节，得到 19"),
    "huge-shape": (b"\0\0\x08\x03" + b"\xff" * 12, "得到 16 字节"),  # 不去分配内存
    "too-many-dimensions": (b"\0\0\x08\x41" + b"\0\0\0\1" * 65 + b"\7", "65 维的形状"),
    "empty-but-vast": (b"\0\0\x08\x04" + b"\0" * 4 + b"\xff" * 12, "超出了 NumPy 的限度"),
    "cut-gzip": (PACKED[:-4], "解压失败"),
    "wrong-crc": (PACKED[:-8] + b"\0" * 8, "解压失败"),
    "not-gzip": (b"\x1f\x8b" + b"rubbish" * 3, "解压失败"),
}


@pytest.mark.parametrize(("content", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken_idx(tmp_path, content, reason):
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=reason):
        read_idx(path)
