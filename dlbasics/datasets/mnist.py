"""MNIST：70 000 张 28×28 的手写数字，从原始的四个文件读入；没有就下载，断了能接着下。

四个文件共 11.6 MB，不随本书附带。:func:`mnist` 在一个文件夹里找它们，缺哪个下载哪个；
不能上网，就用别的办法把四个文件放进那个文件夹。每个文件都核对 SHA-256 才使用。

>>> sorted(FILES)[:2]
['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlbasics.datasets import Split
from dlbasics.datasets.downloading import download

SOURCE = "https://ossci-datasets.s3.amazonaws.com/mnist/"
"""PyTorch 维护的镜像；另一处是 ``https://storage.googleapis.com/cvdf-datasets/mnist/``。"""

FILES = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
"""四个文件的名字与 SHA-256。"""

IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def mnist(folder: str | os.PathLike, *, source: str = SOURCE) -> Split:
    """读入 MNIST；``folder`` 里缺的文件先下载。

    Parameters
    ----------
    folder : str or path-like
        放四个文件的文件夹，没有就新建。
    source : str
        下载地址的前半段，以 / 结尾。

    Returns
    -------
    Split
        训练集 60 000 张，测试集 10 000 张，划分是原作者的。图像是 [0, 1] 内的 float32，
        形状 (n, 1, 28, 28)；标签是 int64。

    Raises
    ------
    ValueError
        文件与公布的 SHA-256 不符，或不是完好的 IDX 文件。
    OSError
        下载失败；消息里写着怎么办。已下载的部分留着，再运行一次会接着下。

    Examples
    --------
    ::

        data = mnist("data/mnist")
        print(data.train_x.shape)     # (60000, 1, 28, 28)

    >>> mnist("data/mnist", source="ftp://example.org/")
    Traceback (most recent call last):
    ValueError: source 应以 http:// 或 https:// 开头、以 / 结尾，得到 'ftp://example.org/'

    References
    ----------
    LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document
    recognition, Proc. IEEE 86.
    """
    if not (source.startswith(("http://", "https://")) and source.endswith("/")):
        raise ValueError(f"source 应以 http:// 或 https:// 开头、以 / 结尾，得到 {source!r}")
    paths = [_fetched(Path(folder) / name, source) for name in FILES]
    train_x, train_y, test_x, test_y = map(read_idx, paths)
    return Split(_pixels(train_x), _labels(train_y), _pixels(test_x), _labels(test_y))


def read_idx(path: str | os.PathLike) -> NDArray:
    """读一个 IDX 文件（可以用 gzip 压缩过）。

    格式：两个 0 字节，一个字节的类型，一个字节的维数 d，d 个大端的 32 位整数是各维的长度，
    然后是按行排列的数据。

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    ndarray
        形状与类型由文件决定，字节序是本机的。

    Raises
    ------
    ValueError
        文件损坏，或不是 IDX 文件。

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "labels"
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    content = _decompressed(Path(path))
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_TYPES:
        raise _broken(path, f"开头是 {content[:4].hex(' ')}，不是 IDX 的标记")
    dtype, header = np.dtype(IDX_TYPES[content[2]]), 4 + 4 * content[3]
    if len(content) < header:
        raise _broken(path, f"只有 {len(content)} 字节，连各维的长度都不全")
    shape = tuple(int(n) for n in np.frombuffer(content, ">u4", content[3], offset=4))
    wanted = header + int(np.prod(shape, dtype=object)) * dtype.itemsize
    if len(content) != wanted:
        raise _broken(path, f"形状 {shape} 应有 {wanted} 字节，得到 {len(content)} 字节")
    try:
        values = np.frombuffer(content, dtype, offset=header).reshape(shape)
    except ValueError as error:
        raise _broken(path, f"{len(shape)} 维的形状 {shape} 超出了 NumPy 的限度") from error
    return values.astype(dtype.newbyteorder("="))


def _fetched(path: Path, source: str) -> Path:
    """完好的文件；没有就下载。"""
    if not path.exists():
        try:
            download(source + path.name, path, FILES[path.name])
        except OSError as error:
            raise OSError(
                f"{error}。不能上网，就把这四个文件放进文件夹 {path.parent}：{'、'.join(FILES)}"
            ) from error
    elif hashlib.sha256(path.read_bytes()).hexdigest() != FILES[path.name]:
        raise ValueError(f"{path} 与公布的 SHA-256 不符：它已损坏，或是别的文件；请删掉它再试")
    return path


def _decompressed(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken(path, f"gzip 解压失败：{error}") from error


def _broken(path: str | os.PathLike, reason: str) -> ValueError:
    return ValueError(f"path 应是完好的 IDX 文件，得到 {os.fspath(path)!r}：{reason}")


def _pixels(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return images[:, None].astype(np.float32) / np.float32(255)


def _labels(labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    return labels.astype(np.int64)
