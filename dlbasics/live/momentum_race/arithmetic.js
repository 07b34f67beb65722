// 四片地形，与对一条路的描述。
import { beale, quadratic, rosenbrock, tiltedDoubleWell } from "../arithmetic/landscapes.js";
import { number } from "../drawing/index.js";

// 名字 → 地形本身，与换到这里时的设置。
export const LANDSCAPES = {
  quadratic: {
    // 曲率取 1/κ 与 1：最陡方向的 αλ 就是学习率本身。
    make: (kappa) => quadratic([1 / kappa, 1]),
    defaults: { lr: 1.8, mu: 0.8, start: [-1.8, 1.1], kappa: 50, steps: 100 },
  },
  rosenbrock: {
    make: rosenbrock,
    defaults: { lr: 0.001, mu: 0.9, start: [-1.5, 2.4], steps: 300 },
  },
  beale: {
    make: beale,
    defaults: { lr: 0.003, mu: 0.9, start: [1, 1.4], steps: 200 },
  },
  tilted_double_well: {
    make: tiltedDoubleWell,
    defaults: { lr: 0.01, mu: 0.9, start: [-2.5, 1.2], steps: 300 },
  },
};

export const landscape = (name, kappa) => LANDSCAPES[name].make(kappa);

// 高出最小值的部分第一次超过起点的一百万倍是第几步；没有则是 −1。
export function divergedAt(excess) {
  return excess.findIndex((value) => !(value <= 1e6 * excess[0]));
}

// 一种方法的一句话：发散了、停在哪个谷、损失多少、离谷底多远。
export function describe(path, step, land) {
  const lowest = land.loss(...land.minima[0]);
  const excess = path.loss.map((value) => value - lowest);
  const blown = divergedAt(excess);
  if (blown >= 0 && blown <= step) return `发散了，从第 ${blown} 步起损失超过起点的一百万倍。`;
  const [x, y] = path.x[step];
  const distances = land.minima.map(([a, b]) => Math.hypot(x - a, y - b));
  const rising = excess[step] > excess[0] ? "，比起点还高" : "";
  const wrong = distances[1] < distances[0] ? "，离较高的谷更近" : "";
  const height = number(Math.max(excess[step], 0));
  return `损失比最小值高 ${height}${rising}；离最低点 ${number(distances[0])}${wrong}。`;
}
