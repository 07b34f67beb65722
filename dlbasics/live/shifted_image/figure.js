// 移动的图像：图像移了，特征图跟不跟着移。
import { featureMaps, largestGap, shift } from "../arithmetic/shifting.js";
import {
  animate, buttons, clamp, decode, html, legend, panelWidth, pressOne, range, readout, sceneMenu,
  stateOf, typeset,
} from "../drawing/index.js";
import { imagePanel, mapPanel } from "./view.js";

const MARKS = {
  "live-mark-warm": "正的响应",
  "live-mark-cool": "负的响应",
  "live-mark-top": "最大值的位置",
  "live-mark-wrong": "f(Tx) 与 T f(x) 不同",
};
const HINT = "拖动左边的图像，或用方向键移动它，看特征图跟不跟着移。";

const scene = (settings) => ({
  image: "digit",
  kernel: "vertical",
  border: "circular",
  stride: 1,
  ...settings,
});

export const SCENES = [
  {
    title: "循环：严格等变",
    settings: scene({ dy: -3, dx: 6 }),
    story: "移出去的像素从对边回来，卷积也首尾相接。无论怎样移，特征图都跟着移，一格不差。",
  },
  {
    title: "补零：只错在边界",
    settings: scene({ image: "photo", border: "zero", dy: 6, dx: 8 }),
    story: "移出去的丢掉，空出的补零。错的格子都贴着画布的边，或照片移来的边；里面一格不差。",
  },
  {
    title: "步幅 2，偶数格：等变",
    settings: scene({ stride: 2, dy: -2, dx: 4 }),
    story: "步幅 2 的特征图只有一半大。图像移两格，特征图正好移一格。",
  },
  {
    title: "步幅 2，奇数格：不等变",
    settings: scene({ stride: 2, dy: -2, dx: 3 }),
    story: "图像移三格，特征图该移一格半。没有半格，取整怎么取都对不上。",
  },
  {
    title: "全局最大值：不变",
    settings: scene({ kernel: "spot", dy: 5, dx: -4 }),
    story: "圈跟着图像走，最大值不变。拉平以后，它换了下标：对全连接层，这是另一个输入。",
  },
];

// 图像、边界、步幅、卷积核：一项一排按钮；核的九个权重写在旁边。
function controls(parent, { limits, images, borders, kernels }, set) {
  const grid = parent.appendChild(html("div", { class: "live-choices" }));
  const [least, most] = limits.stride;
  const strides = range(least, most + 1).map((stride) => [stride, String(stride)]);
  const choices = [
    ["image", "图像", Object.entries(images)],
    ["border", "边界", Object.entries(borders)],
    ["stride", "步幅", strides],
    ["kernel", "卷积核", Object.entries(kernels).map(([name, { title }]) => [name, title])],
  ];
  const rows = choices.map(([name, label, options]) => {
    const items = options.map(([value, text]) => [text, () => set({ [name]: value })]);
    const values = options.map(([value]) => value);
    return { name, values, nodes: buttons(grid, label, items) };
  });
  const weights = html("div", { class: "live-kernel", role: "img" });
  grid.append(weights);
  return (now) => {
    for (const { name, values, nodes } of rows) pressOne(nodes, values.indexOf(now[name]));
    const numbers = kernels[now.kernel].weight.flat().map((w) => String(w).replace("-", "−"));
    weights.setAttribute("aria-label", `3×3 的权重，逐行：${numbers.join("，")}`);
    weights.replaceChildren(...numbers.map((text) => html("span", {}, text)));
  };
}

const toward = (d, forward, backward) => `${d < 0 ? backward : forward} ${Math.abs(d)} 格`;

export const position = ({ dy, dx }) =>
  `${toward(dx, "向右", "向左")}，${toward(dy, "向下", "向上")}`;

const changed = (before, after) => (before === after ? "不变" : "变了");
const whole = (value) => String(value).replace("-", "−");

// 三句话：等变误差，全局最大值，拉平后的下标。
export function sentences({ still, moved, expected }, { stride, dy, dx }) {
  const wrong = moved.filter((value, k) => value !== expected[k]).length;
  const half = stride === 2 && (dy % 2 || dx % 2) ? "该移半格，取最近的整格来比，" : "";
  const verdict = wrong ? `${moved.length} 格里有 ${wrong} 格不同` : `${moved.length} 格全部相同`;
  const tops = [still, moved].map((one) => Math.max(...one));
  const places = [still, moved].map((one, k) => one.indexOf(tops[k]));
  return [
    `等变误差 max|f(Tx) − T f(x)| = ${largestGap(moved, expected)}：${half}${verdict}。`,
    `全局最大值：移动前 ${whole(tops[0])}，移动后 ${whole(tops[1])}，${changed(...tops)}。`,
    `拉平后最大值的下标：移动前 ${places[0]}，移动后 ${places[1]}，${changed(...places)}。`,
  ];
}

// 平移的范围是半张图：循环时绕回来，补零时停在那里。
function inRange({ dy, dx, border }, n) {
  const half = n / 2;
  const wrap = (d) => ((((d + half) % n) + n) % n) - half;
  const limit = border === "circular" ? wrap : (d) => clamp(d, -half, half);
  return { dy: limit(dy), dx: limit(dx) };
}

function render({ model, el }) {
  const pictures = { digit: decode(model.get("digit")), photo: decode(model.get("photo")) };
  const state = stateOf(model);
  const { facts, read } = state;
  const set = (values) => {
    const next = { ...read(), ...values };
    state.set({ ...values, ...inRange(next, Math.sqrt(pictures[next.image].length)) });
  };
  const updateMenu = sceneMenu(el, SCENES, { hint: HINT, set });
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const onNudge = (right, up) => set({ dx: model.get("dx") + right, dy: model.get("dy") - up });
  const image = imagePanel(row, { onMove: (dy, dx) => set({ dy, dx }), onNudge });
  const map = mapPanel(row);
  legend(el, MARKS);
  const updateControls = controls(el, facts, set);
  const say = readout(el);

  return animate(model, el, {
    layout(width) {
      for (const panel of [image, map]) panel.layout(panelWidth(width));
    },
    draw() {
      const now = read();
      const { weight } = facts.kernels[now.kernel];
      const maps = featureMaps(pictures[now.image], { ...now, kernel: weight });
      const text = position(now);
      image.draw(shift(pictures[now.image], now.dy, now.dx, now.border), now, text);
      map.draw(maps);
      updateMenu(now);
      updateControls(now);
      say(text, sentences(maps, now).map((one) => html("div", {}, ...typeset(one))));
    },
  });
}

export default { render };
