// 等高线：行进方格法找出边界，画成一叠半透明的面。
import { pathOf, svg } from "./kit.js";

// 行进方格法的线段表：角点 a b c d 依次占 1 2 4 8 位，边 0–3 是上右下左；低于水平的一侧总在同一边。
const SEGMENTS = [
  [],
  [[3, 0]],
  [[0, 1]],
  [[3, 1]],
  [[1, 2]],
  [
    [3, 0],
    [1, 2],
  ],
  [[0, 2]],
  [[3, 2]],
  [[2, 3]],
  [[2, 0]],
  [
    [0, 1],
    [2, 3],
  ],
  [[2, 1]],
  [[1, 3]],
  [[1, 0]],
  [[0, 3]],
  [],
];

// 区域 {值 < level} 的边界，写成闭合的环；网格之外算作 +∞，所以环总能闭合。
export function contour(values, columns, rows, level) {
  const at = (i, j) =>
    i < 0 || j < 0 || i >= columns || j >= rows ? Infinity : values[j * columns + i];
  const between = (a, b) => (b === Infinity ? 0 : a === Infinity ? 1 : (level - a) / (b - a));
  const key = (i, j, edge) =>
    2 * ((j + 1 + (edge === 2)) * (columns + 2) + i + 1 + (edge === 1)) + (edge % 2);
  const next = new Map();
  const place = new Map();
  for (let j = -1; j < rows; j++) {
    for (let i = -1; i < columns; i++) {
      const [a, b, c, d] = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      const crossing = [
        () => [i + between(a, b), j],
        () => [i + 1, j + between(b, c)],
        () => [i + between(d, c), j + 1],
        () => [i, j + between(a, d)],
      ];
      const which = (a < level) + 2 * (b < level) + 4 * (c < level) + 8 * (d < level);
      for (const [from, to] of SEGMENTS[which]) {
        next.set(key(i, j, from), key(i, j, to));
        place.set(key(i, j, from), crossing[from]());
      }
    }
  }
  const loops = [];
  while (next.size) {
    const loop = [];
    let edge = next.keys().next().value;
    while (next.has(edge)) {
      loop.push(place.get(edge));
      const following = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    loops.push(loop);
  }
  return loops;
}

// count 条等高线的高度：从 lowest 往上到 height 为止；power 越大，低处越密。
export const contourLevels = (count, lowest, height, power) =>
  Array.from({ length: count }, (_, k) => lowest + height * (1 - k / count) ** power);

// 把二元函数画成一叠半透明的等高面：颜色全由 CSS 决定，深浅主题都合适。
export function drawContours(layer, size, f, x, y, levels, cell = 5) {
  const columns = Math.ceil(size.width / cell) + 3;
  const rows = Math.ceil(size.height / cell) + 3;
  const values = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++)
      values[j * columns + i] = f(x.invert((i - 1) * cell), y.invert((j - 1) * cell));
  const outline = (loop) => `${pathOf(loop.map(([i, j]) => [(i - 1) * cell, (j - 1) * cell]))}Z`;
  layer.replaceChildren(
    ...levels.map((level) =>
      svg("path", { d: contour(values, columns, rows, level).map(outline).join("") }),
    ),
  );
}
