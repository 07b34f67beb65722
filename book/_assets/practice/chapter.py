"""在浏览器里依次运行一章的单元：共用一个名字空间；图由 Matplotlib 画好，交给页面。"""

import ast
import builtins
import linecache
import sys
import traceback

from matplotlib import pyplot as plt
from runner import Output, no_input
from tqdm import tqdm

from dlbasics.figures.picture import png

tqdm.monitor_interval = 0  # 浏览器里没有线程，看着进度条的那一个开不出来
space = {"__name__": "__main__", "__builtins__": builtins, "input": no_input}


def run(number, source, send, picture):
    """运行第 ``number`` 格；返回 ``(出错的说明, 运行完了没有)``，没有出错时说明是空的。

    ``send(文字)`` 收打印的字与最后一个式子的值，``picture(PNG)`` 收画的图，次序与笔记本里一样。
    """
    here = place(number)
    linecache.cache[here] = (len(source), None, source.splitlines(keepends=True), here)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = Output(send)
    try:
        execute(source, here)
        draw(picture)
    except SystemExit:
        return "出错　exit()、quit() 会结束整个程序，网页里不用它", False
    except BaseException as error:
        return describe(error, here), False
    finally:
        sys.stdout, sys.stderr = streams
        plt.close("all")
    return "", True


def place(number):
    return f"第 {number} 格"


def execute(source, here):
    """执行一格；最后一行是式子，就打印它的值。"""
    tree = ast.parse(source, here)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, here, "exec"), space)
    if last is not None:
        value = eval(compile(last, here, "eval"), space)
        if value is not None:
            print(repr(value))


def draw(picture):
    """这一格画的每幅图，照笔记本的办法裁好。"""
    for number in plt.get_fignums():
        picture(png(plt.figure(number)))


def describe(error, here):
    """类型、消息与行号；错出在前面某一格定义的函数里，那一行也说。"""
    message, lines = str(error), []
    if isinstance(error, SyntaxError) and error.filename == here:
        message, lines = error.msg, [(here, error.lineno, error.text or "")]
    else:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if in_a_cell(f.filename)]
        for name in dict.fromkeys([here, *(f.filename for f in frames[-1:])]):
            lines += [(name, f.lineno, f.line) for f in frames if f.filename == name][-1:]
    told = f"出错　{type(error).__name__}" + (f"：{message}" if message else "")
    where = [
        f"{name}第 {line} 行：{text.strip()}".removeprefix(here).removesuffix("：")
        for name, line, text in lines
    ]
    return f"{told}（{'；'.join(where)}）" if where else told


def in_a_cell(filename):
    return filename.startswith("第 ") and filename.endswith(" 格")
