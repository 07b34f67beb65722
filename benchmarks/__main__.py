"""``python -m benchmarks``：测量，写出 ``benchmarks/results/``。"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import measuring, report

RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> None:
    """解析命令行，依次测量卷积、内存、训练。"""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="每项轮流测几轮（默认 11）")
    parser.add_argument("--output", type=Path, default=RESULTS, help="结果写到哪个目录")
    parser.add_argument("--smoke", action="store_true", help="只用很小的例子跑通全程")
    options = parser.parse_args(arguments)
    rounds, smoke = options.rounds, options.smoke

    with measuring.four_processes(smoke) as sides:
        print("卷积……", flush=True)
        results = measuring.measure_convolutions(sides, rounds, smoke)
        print("训练……", flush=True)
        trainings = measuring.measure_training(sides, rounds, smoke)
        gemm = measuring.measure_gemm(sides, rounds)
    print("内存……", flush=True)
    measuring.measure_memory(results, smoke)
    report.write(options.output, results, trainings, gemm, rounds)
    print(f"写在 {options.output / 'README.md'}")


if __name__ == "__main__":
    main()
