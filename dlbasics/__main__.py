"""``python -m dlbasics``：与命令 ``dlbasics`` 相同；要装 ``dlbasics[teach]``。"""

import sys

if __name__ == "__main__":
    try:
        from dlbasics.teaching.cli import main
    except ModuleNotFoundError as error:
        sys.exit(f'缺少 {error.name}：pip install "dlbasics[teach]"')
    main()
