// 二次碗上的收敛：与 dlbasics/studies/convergence.py 同名的量同值。

// 收敛率：特征方程 t² − (1 + μ − αλ)t + μ = 0 的根的最大模。
export function rate(al, mu) {
  const trace = 1 + mu - al;
  const discriminant = trace ** 2 - 4 * mu;
  return discriminant < 0 ? Math.sqrt(mu) : (Math.abs(trace) + Math.sqrt(discriminant)) / 2;
}

// 从 x = 1、v = 0 出发走 steps 步，返回每一步的 x；μ = 0 就是梯度下降。
export function simulate(al, mu, steps) {
  const xs = new Float64Array(steps + 1);
  let [x, v] = [1, 0];
  xs[0] = x;
  for (let n = 1; n <= steps; n++) {
    v = mu * v - al * x;
    x += v;
    xs[n] = x;
  }
  return xs;
}

// 最后一次 |x| > tolerance 之后是第几步；不收敛或 max_steps 步内不能断定已经安定是 ∞。
export function settlingSteps(al, mu, { tolerance, max_steps: most }) {
  if (!(rate(al, mu) < 1)) return Infinity;
  let [x, v, last] = [1, 0, 0];
  for (let n = 1; n <= most; n++) {
    v = mu * v - al * x;
    x += v;
    if (Math.abs(x) > tolerance) last = n;
    if (Math.abs(x) + Math.abs(v) < 0.1 * (1 - mu) * tolerance) return last + 1;
  }
  return Infinity;
}
