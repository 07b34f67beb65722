// 下山的路，与 dlbasics/trajectory.py 相同；再加一句对这条路的描述。
import { number } from "../drawing/kit.js";

// v ← μv − αg，x ← x + v；μ = 0 就是梯度下降。发散时照样走完。
export function trajectory({ loss, grad }, { start, lr, mu, steps }) {
  let [x, y] = start;
  let [vx, vy] = [0, 0];
  const path = { x: [[x, y]], v: [[0, 0]], loss: [loss(x, y)] };
  for (let n = 0; n < steps; n++) {
    const [gx, gy] = grad(x, y);
    vx = mu * vx - lr * gx;
    vy = mu * vy - lr * gy;
    x += vx;
    y += vy;
    path.x.push([x, y]);
    path.v.push([vx, vy]);
    path.loss.push(loss(x, y));
  }
  return path;
}

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
