"""电子表格：读写 CSV 与 xlsx。Excel 打得开，学号不会变成科学记数，也没有一格会当成公式。"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def read_text(data: bytes) -> str:
    """UTF-8 的文字，有没有 BOM 都行；不是 UTF-8 就当作 GB 18030。"""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("文字应是 UTF-8 或 GB 18030 编码")


def read_rows(path: Path) -> list[list[str]]:
    """``.xlsx`` 的第一张表，或者 CSV（UTF-8 或 GB 18030）；每一格是文字，全角换成半角。"""
    return _xlsx_rows(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv_rows(path)


def _csv_rows(path: Path) -> list[list[str]]:
    rows = csv.reader(io.StringIO(read_text(path.read_bytes())))
    return [[unicodedata.normalize("NFKC", cell).strip() for cell in row] for row in rows]


def _xlsx_rows(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        return [[_cell(value) for value in row] for row in book.worksheets[0].values]
    except (KeyError, IndexError) as error:
        raise ValueError(f"{path.name} 应是一张 xlsx 表，读不出来") from error
    finally:
        book.close()


def _cell(value: object) -> str:
    """一格的文字；Excel 把学号存成数，写回整数。"""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def plain(text: str) -> str:
    """一格文字；以 = + - @ 开头的前面加一撇，电子表格才不会当成公式。

    Examples
    --------
    >>> plain("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def csv_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    """CSV，UTF-8 带 BOM：Excel 双击就打得开。"""
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """xlsx，一张表一页；学号是文字，不会变成科学记数。"""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for i, column in enumerate(zip(*rows, strict=True), start=1):
            longest = max(len(str(value)) for value in column)
            sheet.column_dimensions[get_column_letter(i)].width = min(60, 4 + 1.8 * longest)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
