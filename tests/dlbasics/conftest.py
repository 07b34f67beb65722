"""性质测试每次都试同一批例子，也不计时：结果只取决于代码。"""

from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")
