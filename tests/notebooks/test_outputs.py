"""两份输出的比较：改一个字、少一个输出、换一幅图都看得见。"""

import base64
import io

import numpy as np
import pytest
from nbformat import v4
from PIL import Image

from tests.notebooks.outputs import changes


def png(shade):
    file = io.BytesIO()
    Image.fromarray(np.full((20, 30, 3), shade, dtype=np.uint8)).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def notebook(*outputs):
    cells = [v4.new_markdown_cell("文字"), v4.new_code_cell("1"), v4.new_code_cell("2")]
    cells[-1].outputs = list(outputs)
    return v4.new_notebook(cells=cells)


def printed(text):
    return v4.new_output("stream", name="stdout", text=text)


def shown(shade, text="图"):
    return v4.new_output("display_data", data={"image/png": png(shade), "text/plain": text})


@pytest.mark.parametrize(
    ("stored", "fresh", "told"),
    [
        ([printed("0.98")], [printed("0.96")], "0.96"),
        ([printed("1")], [], "重算的是 []"),
        ([shown(255)], [shown(0)], "RMS"),
        ([shown(255)], [shown(255, "别的图")], "别的图"),
        (
            [v4.new_output("error", ename="E", evalue="", traceback=["一"])],
            [v4.new_output("error", ename="E", evalue="", traceback=["二"])],
            "二",
        ),
    ],
)
def test_a_change_is_seen(stored, fresh, told):
    found = changes(notebook(*stored), notebook(*fresh))
    assert list(found) == [2] and told in found[2]


def test_the_same_is_the_same():
    assert changes(notebook(printed("1"), shown(9)), notebook(printed("1"), shown(9))) == {}
