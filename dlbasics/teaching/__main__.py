"""``python -m dlbasics.teaching``：与命令 ``dlbasics`` 相同。"""

from dlbasics.teaching.cli import main

if __name__ == "__main__":
    main()
