// 网页与 Python 抽到同样的签。

export function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// 从 0 到 n − 1 里无放回地抽 count 个；count = n 就是打乱。
export function choose(n, count, random) {
  const order = Array.from({ length: n }, (_, k) => k);
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor(random() * (n - k));
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order.slice(0, count);
}

export const chooseWithReplacement = (n, count, random) =>
  Array.from({ length: count }, () => Math.floor(random() * n));
