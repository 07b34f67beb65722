"""速度与内存的测量：本书的卷积与训练，对照 PyTorch 和别的写法。

``python -m benchmarks`` 运行全部测量，把表格与图写进 ``benchmarks/results/``。
"""
