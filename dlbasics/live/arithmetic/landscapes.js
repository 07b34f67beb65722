// 试验场：与 dlbasics.landscapes 同名、同值。

const TILT = 0.1;

export function quadratic(eigenvalues) {
  return {
    loss: (...x) => 0.5 * eigenvalues.reduce((sum, lambda, k) => sum + x[k] * x[k] * lambda, 0),
    grad: (...x) => eigenvalues.map((lambda, k) => lambda * x[k]),
    minima: [eigenvalues.map(() => 0)],
  };
}

export function power(exponent) {
  return {
    loss: (x) => Math.abs(x) ** exponent / exponent,
    grad: (x) => [Math.sign(x) * Math.abs(x) ** (exponent - 1)],
    minima: [[0]],
  };
}

export function rosenbrock() {
  return {
    loss: (x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    grad: (x, y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
    minima: [[1, 1]],
  };
}

export function beale() {
  const residuals = (x, y) => [1.5 - x + x * y, 2.25 - x + x * y ** 2, 2.625 - x + x * y ** 3];
  return {
    loss(x, y) {
      const [a, b, c] = residuals(x, y);
      return a * a + b * b + c * c;
    },
    grad(x, y) {
      const [a, b, c] = residuals(x, y).map((r) => 2 * r);
      return [
        a * (y - 1) + b * (y ** 2 - 1) + c * (y ** 3 - 1),
        a * x + b * x * 2 * y + c * x * 3 * y ** 2,
      ];
    },
    minima: [[3, 0.5]],
  };
}

// 只给 x 就是一维的那一个。
export function tiltedDoubleWell() {
  const loss = (x, y = 0) => x ** 4 / 4 - x ** 2 / 2 + TILT * x + 0.5 * (y * y);
  // x³ − x + TILT = 0 有三个实根，取最左与最右：两个谷底。
  const root = (k) =>
    (2 / Math.sqrt(3)) *
    Math.cos(Math.acos((-TILT * Math.sqrt(27)) / 2) / 3 - (2 * Math.PI * k) / 3);
  const minima = [
    [root(2), 0],
    [root(0), 0],
  ].sort((p, q) => loss(...p) - loss(...q));
  return { loss, grad: (x, y = 0) => [x ** 3 - x + TILT, y], minima };
}
