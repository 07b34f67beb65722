// dlbasics.convolution 的算术：输出的尺寸、一个窗口、二维卷积（互相关，核不翻转）。

export const sum = (values) => values.reduce((total, value) => total + value, 0);

// 一个方向上的输出尺寸；一个窗口也放不下时是 0。
export function convOutputSize(size, kernel, stride = 1, padding = 0) {
  const room = size + 2 * padding - kernel;
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

// 左上角在（row, column）的 size×size 窗口，逐通道、逐行排成一列；x 是 [C][H][W]，图外是 0。
export function windowAt(x, size, row, column) {
  const steps = [...Array(size).keys()];
  return x.flatMap((plane) =>
    steps.flatMap((i) => steps.map((j) => plane[row + i]?.[column + j] ?? 0)),
  );
}

// 一个核的输出 [H'][W']；weight 是 [C][k][k]。
export function conv2d(x, weight, { bias = 0, stride = 1, padding = 0 } = {}) {
  const size = weight[0].length;
  const weights = weight.flat(2);
  const starts = (length) =>
    Array.from(
      { length: convOutputSize(length, size, stride, padding) },
      (_, k) => k * stride - padding,
    );
  const columns = starts(x[0][0].length);
  return starts(x[0].length).map((row) =>
    columns.map((column) => {
      const values = windowAt(x, size, row, column);
      return sum(values.map((value, k) => value * weights[k])) + bias;
    }),
  );
}
