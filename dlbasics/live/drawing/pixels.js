// 格子画：一张小图，一个像素一个方格。灰度是数据，两种主题里相同；响应的正负用暖色与冷色。
import { assign, svg } from "./kit.js";

// 一个像素两位十六进制。
export const decode = (text) => text.match(/../g).map((pair) => parseInt(pair, 16));

export const grey = (value) => ["live-white", value / 255];

export const signed = (value, size) => [
  value < 0 ? "live-cool" : "live-warm",
  Math.min(Math.abs(value) / size, 1),
];

// n×n 的图里第 k 格的左上角。
const corner = (k, n, side) => ({ x: (k % n) * side, y: Math.floor(k / n) * side });

// parent 里的一张 n×n 的图；paint 的第二个参数给出每个值的样式名与不透明度。
export function pixelGrid(parent) {
  let cells = [];
  let drawn = "";
  return function paint(values, side, ink) {
    const n = Math.sqrt(values.length);
    if (drawn !== `${n} ${side}`) {
      drawn = `${n} ${side}`;
      const size = { width: side, height: side };
      cells = values.map((_, k) => svg("rect", { ...size, ...corner(k, n, side) }));
      parent.replaceChildren(...cells);
    }
    values.forEach((value, k) => {
      const [name, opacity] = ink(value);
      assign(cells[k], { class: name, "fill-opacity": opacity.toFixed(3) });
    });
  };
}

// 画一次就不再变的一张 n×n 的灰度图：一种灰度一条路径，几千个像素只有一两百个元素。
export function photograph(parent, values, side) {
  const n = Math.sqrt(values.length);
  const tones = new Map();
  values.forEach((value, k) => {
    const { x, y } = corner(k, n, side);
    tones.set(value, `${tones.get(value) ?? ""}M${x} ${y}h${side}v${side}h${-side}z`);
  });
  const tone = ([value, d]) => {
    const [name, opacity] = grey(value);
    return svg("path", { class: name, "fill-opacity": opacity.toFixed(3), d });
  };
  parent.replaceChildren(...[...tones].map(tone));
}
