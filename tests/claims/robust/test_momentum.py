"""动量法一章由实验得出的句子：噪声地板，真实数字上的公平比较。"""

from functools import cache

import numpy as np
import pytest

from dlbasics.datasets import digits, split
from dlbasics.linear_models import softmax_regression
from dlbasics.losses import softmax_cross_entropy
from dlbasics.optimizers import Momentum, minimize
from dlbasics.sampling import minibatches
from dlbasics.studies.sampling_theory import noise_floor
from tests.claims.sentences import sentence


@cache
def training_losses(lr, mu, seed, batch_size=32, epochs=10):
    """书里的 ``train``：每轮之后的训练损失。"""
    images, labels = digits()
    rng = np.random.default_rng(seed)
    data = split(images.reshape(len(images), -1), labels, rng)
    x, y = data.train_x, data.train_y
    weight, bias = np.zeros((64, 10)), np.zeros(10)
    optimizer, losses = Momentum(lr, mu), []
    for _ in range(epochs):
        for batch in minibatches(len(x), batch_size, rng, drop_last=True):
            _, *grads = softmax_regression(weight, bias, x[batch], y[batch])
            optimizer.step([weight, bias], grads)
        losses.append(softmax_regression(weight, bias, x, y)[0])
    return np.array(losses)


@cache
def full_batch(effective, mu, seed):
    """书里的 ``full_batch``：每步都用全部训练图像，走 100 步的损失，第 0 步是起点。"""
    images, labels = digits()
    pixels = np.c_[images.reshape(len(images), -1), np.ones(len(images))]
    data = split(pixels, labels, np.random.default_rng(seed))

    def loss_and_grad(w):
        loss, grad_logits = softmax_cross_entropy(data.train_x @ w, data.train_y)
        return loss, data.train_x.T @ grad_logits

    optimizer = Momentum(effective * (1 - mu), mu)
    return minimize(loss_and_grad, np.zeros((65, 10)), optimizer, steps=100).loss


def noisy_variance(lr, mu, seed):
    """4000 个小球在 ½x² 的碗里，梯度带单位方差的噪声，走 600 步之后的方差。"""
    rng, x, optimizer = np.random.default_rng(seed), np.zeros(4000), Momentum(lr, mu)
    for _ in range(600):
        optimizer.step([x], [x + rng.standard_normal(4000)])
    return x.var()


@sentence("前两行学习率相同：加上动量，地板抬高到约 10 倍。")
def test_momentum_raises_the_floor_at_the_same_learning_rate(seed, measured):
    ratio = noisy_variance(0.02, 0.9, seed) / noisy_variance(0.02, 0, seed + 100)
    measured(倍数=ratio)
    assert 8 < ratio < 12


@sentence("第二、三行有效学习率 $\\alpha/(1-\\mu)$ 相同：地板差不多一样高。")
def test_the_floor_follows_the_effective_learning_rate(seed, measured):
    ball, plain = noisy_variance(0.02, 0.9, seed), noisy_variance(0.2, 0, seed + 100)
    exact = noise_floor(0.02, 0.9) / noise_floor(0.2)
    measured(动量比梯度下降=ball / plain, 公式=exact)
    assert ball / plain == pytest.approx(exact, rel=0.15)
    assert 0.7 < ball / plain < 1.1


@sentence("梯度下降的地板约是动量法的 4 倍；动量法的界限远在 38，没有受影响。")
def test_near_the_limit_of_descent_momentum_keeps_a_low_floor(seed, measured):
    ratio = noisy_variance(1.5, 0, seed) / noisy_variance(0.15, 0.9, seed + 100)
    measured(倍数=ratio)
    assert 3.2 < ratio < 4.6
    assert noise_floor(0.15, 0.9) / 1.5 < 1.1 * noise_floor(0.0015, 0.9) / 0.015


@sentence("学习率相同，加上动量，损失从 1.6 上下降到 0.45 上下")
def test_at_the_same_learning_rate_momentum_wins_by_far(seed, measured):
    plain, ball = training_losses(0.01, 0, seed)[-1], training_losses(0.01, 0.9, seed)[-1]
    measured(普通=plain, 动量=ball)
    assert 1.55 < plain < 1.7 and 0.4 < ball < 0.5


@sentence("损失与第二行相差不到 2%，两条曲线几乎重合")
def test_at_the_same_effective_rate_the_curves_coincide(seed, measured):
    ball, plain = training_losses(0.01, 0.9, seed), training_losses(0.1, 0, seed)
    apart = np.abs(ball / plain - 1)
    measured(最后相差=apart[-1], 第二轮起最多相差=apart[1:].max())
    assert apart[-1] < 0.02 and apart[1:].max() < 0.08


@sentence("第四、第五行也很接近")
def test_at_a_larger_effective_rate_they_stay_close(seed, measured):
    ball, plain = training_losses(0.05, 0.9, seed), training_losses(0.5, 0, seed)
    apart = np.abs(ball / plain - 1)
    measured(最后相差=apart[-1], 第二轮起最多相差=apart[1:].max())
    assert apart[-1] < 0.06 and apart[1:].max() < 0.12


@sentence("两边仍然互有胜负", quick=0)
@pytest.mark.parametrize("effective", [2.0, 5.0])
def test_above_the_limit_small_batches_show_no_winner(seed, effective, measured):
    """每个 seed 是十二次训练：两边都至少赢一次。"""
    wins = sum(
        training_losses(effective * 0.1, 0.9, s)[-1] < training_losses(effective, 0, s)[-1]
        for s in range(12 * seed, 12 * seed + 12)
    )
    measured(十二次里动量胜=wins)
    assert 1 <= wins <= 11


@sentence("有效学习率 32 时，动量法的学习率是 3.2，还没有到它自己的界限，每一步都在下降")
def test_momentum_descends_beyond_the_limit_of_descent(seed, measured):
    rises = np.sum(np.diff(full_batch(32, 0.9, seed)) > 0)
    measured(上升的步数=rises)
    assert rises == 0


@sentence("普通梯度下降从 4 起就总有几步上升", quick=0)
def test_descent_rises_beyond_its_limit(seed, measured):
    rises = [np.sum(np.diff(full_batch(e, 0, seed)) > 0) for e in (4, 8, 16, 32)]
    measured(最少=min(rises), 最多=max(rises))
    assert min(rises) >= 3
    assert np.all(np.diff(full_batch(1, 0, seed)) < 0)


@sentence("各自取最好的一格，动量法的步数不到普通梯度下降的六成", quick=0)
def test_full_batch_momentum_needs_fewer_steps_when_both_are_tuned(seed, measured):
    """普通梯度下降的网格比书里的更密，两端都不是最好的。"""
    grids = {0.0: (4, 5.6, 8, 9.5, 11, 13, 16, 19, 23, 32), 0.9: (4, 8, 16, 32)}
    high = {
        mu: [np.sum(full_batch(e, mu, seed)[1:] > 0.1) for e in grid] for mu, grid in grids.items()
    }
    assert 0 < np.argmin(high[0.0]) < len(grids[0.0]) - 1
    measured(普通=min(high[0.0]), 动量=min(high[0.9]), 之比=min(high[0.9]) / min(high[0.0]))
    assert min(high[0.9]) < 0.6 * min(high[0.0])
