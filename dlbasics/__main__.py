"""命令 ``dlbasics``，也可以写 ``python -m dlbasics``；要装 ``dlbasics[teach]``。"""

import sys


def main() -> None:
    """命令的入口；没有装教学的几个包，就说怎样装。"""
    try:
        from dlbasics.teaching.commands.cli import main as run

        run()
    except ModuleNotFoundError as error:
        extra = "parallel" if error.name == "distributed" else "teach"
        sys.exit(f'缺少 {error.name}：pip install "dlbasics[{extra}]"')


if __name__ == "__main__":
    main()
