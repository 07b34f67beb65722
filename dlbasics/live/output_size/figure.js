// 输出有多大：⌊(W − K + 2P)/S⌋ + 1，一行像素上放得下几个窗口。
import { convOutputSize } from "../arithmetic/convolution.js";
import {
  animate, html, legend, range, readout, sceneMenu, slider, stateOf, typeset,
} from "../drawing/index.js";
import { chart } from "./view.js";

const LABELS = {
  size: "输入的宽 W",
  kernel: "核的宽 K",
  stride: "步幅 S",
  padding: "填充 P（每端）",
};

export const PRESETS = [
  {
    title: "同样大小",
    settings: { size: 10, kernel: 3, stride: 1, padding: 1 },
    story: "步幅 1，每端填充 (K − 1)/2 = 1 个 0，输出就和输入一样多。",
  },
  {
    title: "正好减半",
    settings: { size: 16, kernel: 2, stride: 2, padding: 0 },
    story: "窗口一个挨一个，不重叠也不遗漏，输出是输入的一半。汇聚常用这样的设置。",
  },
  {
    title: "除不尽",
    settings: { size: 10, kernel: 3, stride: 2, padding: 0 },
    story: "10 − 3 = 7，除以 2 余 1。向下取整，最右边的 1 个像素就没有窗口看到。",
  },
  {
    title: "步幅比核大",
    settings: { size: 14, kernel: 2, stride: 4, padding: 0 },
    story: "窗口一步跨 4 格，自己只有 2 格宽：每两个窗口之间漏看 2 个像素。",
  },
  {
    title: "核比图大",
    settings: { size: 4, kernel: 7, stride: 1, padding: 1 },
    story: "4 个像素，两端各填 1 个，一共 6 个，放不下宽 7 的核：这样的设置没有输出。",
  },
  {
    title: "AlexNet 第一层",
    settings: { size: 227, kernel: 11, stride: 4, padding: 0 },
    story: "227 − 11 = 216，除以 4 正好是 54，再加 1，得 55。图里略去了中间的窗口。",
  },
];
const HINT = "改动滑块，看窗口放得下几个，有没有像素漏看；或点一个例子。";

// 每个窗口的左端（第一个像素是 0），与漏看的像素：窗口之间的，和最右边的。
export function layoutOf({ size, kernel, stride, padding }) {
  const count = convOutputSize(size, kernel, stride, padding);
  const starts = range(0, count).map((k) => k * stride - padding);
  const seen = new Set(starts.flatMap((start) => range(start, start + kernel)));
  const unseen = count ? range(0, size).filter((pixel) => !seen.has(pixel)) : [];
  const end = starts.at(-1) + kernel;
  const blind = starts.filter((start) => start + kernel <= 0 || start >= size).length;
  return { starts, unseen, gaps: unseen.filter((pixel) => pixel < end).length, blind };
}

// 读数：一个标题，几句话。
export function describe(now) {
  const { size, kernel, stride, padding } = now;
  const { starts, unseen, gaps, blind } = layoutOf(now);
  const room = size - kernel + 2 * padding;
  const formula = `⌊(W − K + 2P)/S⌋ + 1 = ⌊(${size} − ${kernel} + 2×${padding})/${stride}⌋ + 1`;
  if (!starts.length)
    return [
      "没有输出",
      `核宽 ${kernel}，填充后的输入只有 ${size} + 2×${padding} = ${size + 2 * padding}，一个窗口也放不下。`,
      `公式里 W − K + 2P = −${-room} 是负数：设置不对，应当报错，而不是得出一个数。`,
    ];
  const [quotient, rest] = [starts.length - 1, room % stride];
  const tail = unseen.length - gaps;
  const division = `${room} 除以 ${stride} ${rest ? `得 ${quotient} 余 ${rest}` : `正好是 ${quotient}`}`;
  const lost = tail
    ? `${division}，最右边 ${tail} 个像素没有窗口看到。`
    : `${division}${rest ? `，右端舍去的 ${rest} 格里没有像素` : ""}。`;
  const lines = [`${formula} = ${quotient} + 1 = ${starts.length}`, lost];
  if (gaps) lines.push(`步幅大于核宽，窗口之间漏看 ${gaps} 个像素。`);
  if (!unseen.length) lines.push(`${size} 个像素都有窗口看到。`);
  if (blind) lines.push(`有 ${blind} 个窗口只看到填充的 0。`);
  return [`输出 ${starts.length} 个${starts.length === size ? "，与输入一样多" : ""}`, ...lines];
}

// 画哪几个窗口；null 是略去的一段。
export function shownWindows(count, most) {
  const all = range(0, count);
  return count <= most ? all : [...all.slice(0, most - 2), null, count - 1];
}

function render({ model, el }) {
  const { facts, read, set } = stateOf(model);
  const limits = { ...facts.limits, size: [facts.limits.size[0], facts.slider] };
  const menu = { hint: HINT, set, label: "例子", style: "live-story" };
  const updateMenu = sceneMenu(el, PRESETS, menu);
  const picture = chart(el);
  legend(el, {
    "live-mark-zero": "填充的 0",
    "live-mark-unseen": "没有窗口看到的像素",
    "live-mark-span": "窗口",
    "live-mark-out": "输出",
  });
  const grid = html("div", { class: "live-controls" });
  el.append(grid);
  const sliders = Object.entries(LABELS).map(([name, label]) => {
    const onInput = (value) => set({ [name]: value });
    return [name, slider(grid, { label, limits: limits[name], step: 1, onInput })];
  });
  const say = readout(el);
  return animate(model, el, {
    layout: picture.layout,
    draw() {
      const now = read();
      const layout = layoutOf(now);
      picture.draw(now, layout, shownWindows(layout.starts.length, facts.shown_windows));
      updateMenu(now);
      for (const [name, one] of sliders) one.set(now[name]);
      const [heading, ...lines] = describe(now);
      const kind = layout.starts.length ? "live-few" : "live-few live-bad";
      say(heading, lines.map((text) => html("div", { class: kind }, ...typeset(text))));
    },
  });
}

export default { render };
