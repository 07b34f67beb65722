// 各幅图共用的零件：元素、数字的写法、坐标变换、刻度、方向键。

const SVG = "http://www.w3.org/2000/svg";

export function assign(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = assign(document.createElementNS(SVG, tag), attributes);
  node.append(...children);
  return node;
}

export function html(tag, attributes = {}, ...children) {
  const node = assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
}

// 带标签的文字，例如真正的根号。
export const markup = (text) => document.createRange().createContextualFragment(text);

// 画在同伴的上面。
export const bringForward = (node) => node.parentNode.append(node);

const [PLAIN, RAISED] = ["−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"];
const swap = (text, from, to) => [...text].map((c) => to[from.indexOf(c)]).join("");

const tenTo = (exponent) => `10${swap(String(exponent).replace("-", "−"), PLAIN, RAISED)}`;

// 对数轴的刻度：10 的整数次幂。
export const decade = (tick) => tenTo(Math.round(Math.log10(tick)));

// 三位有效数字；太大太小用 ×10ⁿ，负号用真正的减号。
export function number(value) {
  if (Number.isNaN(value)) return "不是数";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text = String(Number(value.toPrecision(3)));
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = value.toExponential(2).split("e");
    text = `${Number(mantissa)}×${tenTo(Number(exponent))}`;
  }
  return text.replace("-", "−");
}

// 至多四位小数，整数照写；负号用真正的减号。
export const decimal = (value) => String(Number(value.toFixed(4))).replace("-", "−");

// 式子里要排的：10⁻⁵，^1.5，一串字母，一个希腊字母。
const FORMULA = /10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^([\d.]+)|([A-Za-z]+)|([α-ω])/g;

const IN_PAGE = {
  raise: (exponent, sign = "") =>
    html("sup", {}, ...(sign && [html("span", { class: "live-caret" }, sign)]), exponent),
  slant: (letter) => html("var", {}, letter),
};

// 一个字母是变量，Tx 是 T 作用在 x 上；别的是单词。
const isSymbol = (word) => word.length === 1 || word === "Tx";

// 把字排成式子：10⁻⁵ 与 |x|^1.5 有真正的上标，变量用斜体；读屏软件听到的字不变。
export function typeset(text, { raise, slant } = IN_PAGE) {
  const parts = [];
  let end = 0;
  for (const { 0: found, 1: power, 2: exponent, 3: word, 4: greek, index } of text.matchAll(FORMULA)) {
    parts.push(text.slice(end, index));
    end = index + found.length;
    if (power) parts.push("10", raise(swap(power, RAISED, PLAIN)));
    else if (exponent) parts.push(raise(exponent, "^"));
    else parts.push(greek || isSymbol(word) ? slant(found) : found);
  }
  return [...parts, text.slice(end)];
}

// low、low + 1、……、high − 1。
export const range = (low, high) =>
  Array.from({ length: Math.max(0, high - low) }, (_, k) => low + k);

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// 两块并排的图各宽多少；窄屏上下叠放，各占全宽。
export const panelWidth = (width) => (width >= 520 ? Math.floor((width - 16) / 2) : width);

// 坐标变换：数据 → 像素；warp 决定轴怎样拉伸。
export function scale(domain, range, warp = (v) => v, unwarp = (v) => v) {
  const [a, b] = domain.map(warp);
  const [p, q] = range;
  const toPixel = (value) => p + ((q - p) * (warp(value) - a)) / (b - a);
  toPixel.invert = (pixel) => unwarp(a + ((b - a) * (pixel - p)) / (q - p));
  return toPixel;
}

export const logScale = (domain, range) => scale(domain, range, Math.log10, (t) => 10 ** t);

export const rootScale = (domain, range) => scale(domain, range, Math.sqrt, (t) => t * t);

// 1、2、5 乘以 10 的整数次幂，大约五个。
export function linearTicks(low, high) {
  const rough = (high - low) / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((multiple) => multiple * unit >= rough);
  const ticks = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-12); k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

export function powerTicks(low, high, count = 5) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks = [];
  for (let e = last; e >= first; e -= stride) ticks.unshift(10 ** e);
  return ticks;
}

export const pathOf = (points) =>
  points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// 离谱的像素坐标（发散的轨迹）截到画布外不远处，非数就此打住。
export function pixels(points, x, y) {
  const end = points.findIndex((p) => !p.every(Number.isFinite));
  return (end < 0 ? points : points.slice(0, end)).map(([a, b]) => [
    clamp(x(a), -1e4, 1e4),
    clamp(y(b), -1e4, 1e4),
  ]);
}

// 走这么多步，无论从哪里出发都到头。
const TO_THE_END = 1e6;
const KEYS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  PageUp: [0, 10],
  PageDown: [0, -10],
  Home: [0, -TO_THE_END],
  End: [0, TO_THE_END],
};

// 方向键与翻页键 → (dx, dy)，按住 Shift 大步走；JupyterLab 会吞掉方向键，所以在这里处理完就不再外传。
export function onKeys(node, move) {
  node.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const stride = event.shiftKey ? 10 : 1;
    move(direction[0] * stride, direction[1] * stride);
  });
}
