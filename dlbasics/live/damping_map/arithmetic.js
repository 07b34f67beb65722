// 相图上一点的说法：实测的收敛率、落在哪一区、两种方法各要几步。
import { rate, settlingSteps } from "../arithmetic/convergence.js";
import { number } from "../drawing/index.js";

// 实测的收敛率：取后一半步数，拟合 log √(xₙ² + xₙ₋₁²) 的斜率；误差小到写不出来就停。
export function fittedRate(xs) {
  const logs = [];
  for (let n = 1; n < xs.length; n++) {
    const size = Math.hypot(xs[n], xs[n - 1]);
    if (!(size > 1e-290 && size < 1e290)) break;
    logs.push(Math.log(size));
  }
  const tail = logs.slice(Math.floor(logs.length / 2));
  if (tail.length < 2) return 0;
  const middle = (tail.length - 1) / 2;
  const sum = (f) => tail.reduce((total, value, n) => total + f(value, n - middle), 0);
  return Math.exp(sum((value, n) => value * n) / sum((_, n) => n * n));
}

// 梯度下降的步数不必真走：|1 − αλ|ⁿ 第一次不超过 tolerance 的 n。
export function plainSteps(al, { tolerance }) {
  const factor = rate(al, 0);
  if (!(factor < 1)) return Infinity;
  return Math.max(1, Math.ceil(Math.log(tolerance) / Math.log(factor)));
}

// 画加速比曲线用的 αλ：处处有点，αλ = 1 与最快处 (1 − √μ)² 附近更密。
export function gainGrid(mu, { everywhere, around_fastest: aroundFastest, around_one: aroundOne }) {
  const geometric = ([low, high, count]) =>
    Array.from({ length: count }, (_, k) => low * (high / low) ** (k / (count - 1)));
  const fastest = (1 - Math.sqrt(mu)) ** 2;
  const near = geometric(aroundFastest).map((times) => fastest * times);
  return [...geometric(everywhere), ...near, ...aroundOne]
    .filter((al) => al >= everywhere[0] && al < 2)
    .sort((a, b) => a - b);
}

// 点落在哪一区。
export function region(al, mu) {
  if (rate(al, mu) >= 1) return "发散";
  const trace = 1 + mu - al;
  const discriminant = trace ** 2 - 4 * mu;
  if (Math.abs(discriminant) < 1e-9) return "临界阻尼";
  return discriminant < 0 ? "欠阻尼" : trace > 0 ? "过阻尼" : "变号";
}

// 比一比：误差缩小到百万分之一各要几步。
export function compare(al, mu, facts) {
  const [plain, momentum] = [0, mu].map((one) => settlingSteps(al, one, facts));
  if (momentum === Infinity) return plain === Infinity ? "两者都发散。" : "只有梯度下降收敛。";
  if (plain === Infinity) return `只有动量法收敛：误差缩小到 10⁻⁶ 要 ${momentum} 步。`;
  let verdict = "一样快";
  if (plain > momentum) verdict = `动量法快 ${number(plain / momentum)} 倍`;
  if (plain < momentum) verdict = `动量法要多走 ${momentum - plain} 步`;
  return `误差缩小到 10⁻⁶：梯度下降 ${plain} 步，动量法 ${momentum} 步，${verdict}。`;
}
