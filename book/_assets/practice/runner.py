"""在浏览器里运行一份答案：执行学生的代码，再像笔记本里那样 ``check``。"""

import builtins
import io
import linecache
import sys
import traceback
import warnings

import numpy as np

FILE = "你的代码"
MOST = 20_000
"""输出最多留多少个字。"""


class Output(io.TextIOBase):
    """学生打印的字：攒着，多了就不再要；每行送给页面一次。"""

    def __init__(self, send):
        self.send, self.length, self.told = send, 0, False

    def writable(self):
        return True

    def write(self, text):
        if self.length < MOST:
            self.send(text[: MOST - self.length])
        elif not self.told:
            self.told = True
            self.send(f"\n……输出超过 {MOST} 个字，后面的不再显示。\n")
        self.length += len(text)
        return len(text)


def run(id, name, source, send):
    """运行 ``source``，检查其中的函数 ``name``；返回 ``(说明, 通过没有)``。

    ``send(文字)`` 收学生打印的字。说明与笔记本里 ``check()`` 打印的一样；代码本身运行不了时，
    是出错的类型、消息与行号。
    """
    from dlbasics.exercises import check, self_check

    linecache.cache[FILE] = (len(source), None, source.splitlines(keepends=True), FILE)
    space = {"__name__": "__main__", "__builtins__": builtins, "np": np, "check": check}
    space["input"] = no_input
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = Output(send)
    try:
        with warnings.catch_warnings():
            exec(compile(source, FILE, "exec"), space)
        if not callable(space.get(name)):
            return f"没有找到函数 {name}：函数名要与题目给的一样，缩进也不要动。", False
        verdict = self_check(id, space[name])
        return verdict.text, verdict.passed
    except SystemExit:
        return "出错　exit()、quit() 会结束整个程序；用 return 交出答案", False
    except KeyboardInterrupt:
        return "中断了", False
    except BaseException as error:
        return describe(error), False
    finally:
        sys.stdout, sys.stderr = streams


def no_input(prompt=""):
    raise RuntimeError("网页里不能用 input()：参数由检查给出")


def describe(error):
    """类型、消息，和学生自己代码里最后执行到的那一行。"""
    message = str(error)
    if isinstance(error, SyntaxError):
        line, text = error.lineno, error.text
        message = error.msg
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == FILE]
        line, text = (frames[-1].lineno, frames[-1].line) if frames else (None, None)
    told = f"出错　{type(error).__name__}" + (f"：{message}" if message else "")
    if line is None:
        return told
    return f"{told}（第 {line} 行{'：' + text.strip() if text and text.strip() else ''}）"
