// 两个参数的逻辑回归与它的小批量。
import { choose, mulberry32 } from "../arithmetic/draws.js";

// 每批无放回地抽，共 count 批。
export function batches(seed, n, size, count) {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => choose(n, size, random));
}

// y·x：特征乘以标签；前一半的标签是 −1，后一半是 +1。
export const signedFeatures = (samples, unit) =>
  samples.map((one, k) => one.map((v) => ((k < samples.length / 2 ? -1 : 1) * v) / unit));

// log(1 + exp(−m))，不溢出。
const softplus = (m) => Math.max(-m, 0) + Math.log1p(Math.exp(-Math.abs(m)));

export const averageLoss = (signed, [u, v]) =>
  signed.reduce((sum, [a, b]) => sum + softplus(a * u + b * v), 0) / signed.length;

// 每个样本的梯度。
export const gradients = (signed, [u, v]) =>
  signed.map(([a, b]) => {
    const p = 1 / (1 + Math.exp(a * u + b * v));
    return [-a * p, -b * p];
  });

export function mean(points) {
  let [x, y] = [0, 0];
  for (const [a, b] of points) {
    x += a;
    y += b;
  }
  return [x / points.length, y / points.length];
}

// 到 centre 的均方距离；没有点是 NaN。
export const spread = (points, [cx, cy]) =>
  points.reduce((sum, [x, y]) => sum + (x - cx) ** 2 + (y - cy) ** 2, 0) / points.length;

// 从 start 出发，每一步用一批样本的平均梯度。
export function descend(signed, start, lr, steps) {
  const path = [start];
  for (const batch of steps) {
    const [u, v] = path.at(-1);
    const [gx, gy] = mean(gradients(batch.map((k) => signed[k]), [u, v]));
    path.push([u - lr * gx, v - lr * gy]);
  }
  return path;
}

// 谷底：牛顿法从 0 走 20 步。
export function minimum(signed) {
  let [u, v] = [0, 0];
  for (let n = 0; n < 20; n++) {
    let [gx, gy, xx, xy, yy] = [0, 0, 0, 0, 0];
    for (const [a, b] of signed) {
      const p = 1 / (1 + Math.exp(a * u + b * v));
      gx += a * p;
      gy += b * p;
      xx += a * a * p * (1 - p);
      xy += a * b * p * (1 - p);
      yy += b * b * p * (1 - p);
    }
    const size = xx * yy - xy * xy;
    u += (yy * gx - xy * gy) / size;
    v += (xx * gy - xy * gx) / size;
  }
  return [u, v];
}
