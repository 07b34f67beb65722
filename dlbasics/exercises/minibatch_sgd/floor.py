"""★★★ 由噪声地板反推学习率。"""

from dlbasics.exercises.comparison import satisfies
from dlbasics.exercises.exercise import Exercise, Hint

STEPS = 3000
TOLERANCE = 0.01


def lr_for_floor(curvature, noise, batch_size, floor):
    """选学习率，使 SGD 最后徘徊的范围（方差）正好是 floor。

    Parameters
    ----------
    curvature : float
        碗的曲率 λ。
    noise : float
        一个样本的梯度噪声的方差 s²。
    batch_size : int
        批量大小 b，有放回抽样。
    floor : float
        走了很久以后，x 的方差 V。

    Returns
    -------
    float
        学习率。
    """
    noise = noise / batch_size
    return 2 * floor * curvature / (noise + floor * curvature**2)


def inputs(rng):
    yield 2.0, 3.0, 5, 0.4
    yield 1.0, 1.0, 1, 0.05
    yield 0.5, 4.0, 16, 0.02
    for _ in range(3):
        yield rng.uniform(0.5, 4), rng.uniform(1, 5), int(rng.integers(1, 9)), rng.uniform(0.01, 1)


def problem(lr, curvature, noise, batch_size, floor):
    if not 0 < lr * curvature < 2:
        return "学习率应是正数，而且小于 2/λ，否则没有噪声也不收敛"
    variance = 0.0
    for _ in range(STEPS):
        variance = (1 - lr * curvature) ** 2 * variance + lr**2 * noise / batch_size
    if abs(variance - floor) <= TOLERANCE * floor:
        return ""
    return f"走 {STEPS} 步以后方差是 {variance:.4g}，应是 {floor:.4g}"


EXERCISE = Exercise(
    id="minibatch_sgd/floor",
    title="按噪声地板选学习率",
    stars=3,
    points=4,
    statement=r"""
碗是 $f(x)=\tfrac12\lambda x^2$，$\lambda>0$ 是曲率（参数 `curvature`），$x$ 是一个数。
一个样本的梯度是 $\lambda x$ 加上均值为 0、方差为 $s^2$ 的噪声（参数 `noise` 是 $s^2$）。
每步有放回地抽 $b$ 个样本，用它们的平均梯度走一步，所以

$$x\leftarrow x-\alpha(\lambda x+\bar\xi)$$

$\bar\xi$ 是 $b$ 个噪声的平均；各个样本、各步的噪声互相独立，与 $x$ 也独立。
走得够久，$x$ 的方差不再变化，这就是噪声地板。
求学习率 $\alpha$，使噪声地板正好是 $V$（参数 `floor`）。

检查时让方差一步一步真的走 3000 步，相差不到 1% 就算对。""",
    inputs=inputs,
    reference=lr_for_floor,
    compare=satisfies(problem),
    hints=[
        Hint(
            lambda curvature, noise, batch_size, floor: 2 * floor * curvature * batch_size / noise,
            "这只在学习率很小时近似成立。方差一步之后怎样变，两项都要留下。",
            "small_lr_limit",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: (
                lr_for_floor(curvature, noise, batch_size, floor) / 2
            ),
            "差了一个 2 倍：展开 (1 − αλ)² 时，看看一次项的系数。",
            "missing_two",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: (
                2 * floor * curvature / (noise / batch_size - floor * curvature**2)
            ),
            "移项时符号反了：展开 (1 − αλ)²，二次项是加上的。",
            "wrong_sign",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(curvature, noise, 1, floor),
            "批量大小没有用上：b 个独立的噪声取平均，方差变成多少？",
            "no_batch_size",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(1, noise, batch_size, floor),
            "曲率没有用上：x 每步乘的是 1 − αλ，不是 1 − α。",
            "no_curvature",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: (
                lr_for_floor(1, noise, batch_size, floor) / curvature
            ),
            "噪声的单位也要换：先把碗化成曲率是 1 的，想清楚噪声的方差跟着变成多少。",
            "unit_curvature_noise",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(
                curvature, noise**2, batch_size, floor
            ),
            "noise 已经是方差，不必再平方。",
            "noise_squared",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(
                curvature, noise, batch_size, floor**2
            ),
            "floor 已经是方差，不必再平方。",
            "floor_squared",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(
                curvature, noise * batch_size**2, batch_size, floor
            ),
            "平均 b 个噪声，方差变小，不是变大。",
            "more_noise",
        ),
        Hint(
            lambda curvature, noise, batch_size, floor: lr_for_floor(
                curvature, noise / batch_size, batch_size, floor
            ),
            "多除了一次 b：平均 b 个独立的噪声，方差除以 b，标准差才除以根号 b。",
            "divided_twice",
        ),
    ],
)
