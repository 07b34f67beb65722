// 平移与步幅不大的卷积。图是一维数组，边长 n，逐行。

const mod = (a, n) => ((a % n) + n) % n;

export const sideOf = (values) => Math.sqrt(values.length);

// 向下移 dy 行、向右移 dx 列；循环时从对边回来，补零时丢掉。
export function shift(values, dy, dx, border) {
  const n = sideOf(values);
  return values.map((_, k) => {
    const [row, column] = [Math.floor(k / n) - dy, (k % n) - dx];
    if (border === "circular") return values[mod(row, n) * n + mod(column, n)];
    const inside = row >= 0 && row < n && column >= 0 && column < n;
    return inside ? values[row * n + column] : 0;
  });
}

// 3×3 的互相关：窗口的中心依次对准第 0、stride、2·stride……行与列，四周循环或补零。
export function convolve(values, kernel, border, stride) {
  const n = sideOf(values);
  const size = Math.ceil(n / stride);
  const at = (row, column) => {
    if (border === "circular") return values[mod(row, n) * n + mod(column, n)];
    return row >= 0 && row < n && column >= 0 && column < n ? values[row * n + column] : 0;
  };
  return Array.from({ length: size * size }, (_, k) => {
    const [top, left] = [Math.floor(k / size) * stride - 1, (k % size) * stride - 1];
    let sum = 0;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) sum += kernel[i][j] * at(top + i, left + j);
    return sum;
  });
}

export const largestGap = (a, b) => Math.max(...a.map((value, k) => Math.abs(value - b[k])));

// f(Tx) 与 T f(x)；步幅 2、移奇数格时特征图该移半格，取最接近 f(Tx) 的整格平移。
export function featureMaps(values, { kernel, border, stride, dy, dx }) {
  const still = convolve(values, kernel, border, stride);
  const moved = convolve(shift(values, dy, dx, border), kernel, border, stride);
  const whole = (d) => [...new Set([Math.floor(d / stride), Math.ceil(d / stride)])];
  const candidates = whole(dy).flatMap((y) => whole(dx).map((x) => shift(still, y, x, border)));
  const gaps = candidates.map((one) => largestGap(moved, one));
  return { still, moved, expected: candidates[gaps.indexOf(Math.min(...gaps))] };
}
