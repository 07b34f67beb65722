// 试验场：与 dlbasics.landscapes 同名、同值；另加画图用的视野与一组合适的起始设置。

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

// name → 名字、视野、等高线的疏密（水平按 k 的 spread 次幂增长）、换到这里时的设置。
export const LANDSCAPES = {
  quadratic: {
    title: "二次碗",
    // 曲率取 1/κ 与 1：最陡方向的 αλ 就是学习率本身。
    make: (kappa) => quadratic([1 / kappa, 1]),
    x: [-2.2, 2.2],
    y: [-1.65, 1.65],
    top: 2.4,
    spread: 2,
    defaults: { lr: 1.8, mu: 0.8, start: [-1.8, 1.1], kappa: 50, steps: 100 },
  },
  rosenbrock: {
    title: "香蕉谷",
    make: rosenbrock,
    x: [-2, 2],
    y: [-1, 3],
    top: 1200,
    spread: 5,
    defaults: { lr: 0.001, mu: 0.9, start: [-1.5, 2.4], steps: 300 },
  },
  beale: {
    title: "Beale 峡谷",
    make: beale,
    x: [-1, 4.5],
    y: [-2, 2],
    top: 2500,
    spread: 7,
    defaults: { lr: 0.003, mu: 0.9, start: [1, 1.4], steps: 200 },
  },
  tilted_double_well: {
    title: "倾斜双井",
    make: tiltedDoubleWell,
    x: [-2.8, 2.8],
    y: [-2.1, 2.1],
    top: 9,
    spread: 2.4,
    defaults: { lr: 0.01, mu: 0.9, start: [-2.5, 1.2], steps: 300 },
  },
};

export const landscape = (name, kappa) => LANDSCAPES[name].make(kappa);
