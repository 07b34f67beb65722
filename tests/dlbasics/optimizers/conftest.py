"""收集测试时的例外。"""

collect_ignore = ["pytorch_trajectories.py"]  # 需要 PyTorch，不是测试
