// 三维组织：通道 × 高 × 宽，转动它，切开它。
import { conv2d, sum, windowAt } from "./arithmetic/convolution.js";
import { animate, buttons, legend, readout, slider } from "./drawing/controls.js";
import { clamp, decimal, html, panelWidth } from "./drawing/kit.js";
import { signed } from "./drawing/pixels.js";
import { volumePanel } from "./volume_view.js";

export const LIMITS = {
  channel: [0, 4],
  row: [0, 5],
  column: [0, 5],
  yaw: [-70, 70],
  pitch: [-60, 60],
};
const TRAITS = ["pixels", "mode", ...Object.keys(LIMITS)];
const [SIDE, KERNEL, OUT] = [8, 3, 6];
const COLORS = [
  ["红", "live-red"],
  ["绿", "live-green"],
  ["蓝", "live-blue"],
];

const EVERYWHERE = [1, 1, 1, 1, 1, 1, 1, 1, 1];
// 五个核：名字、三个颜色通道各乘几、3×3 的样子；与 volume.py 相同。
const RECIPES = [
  ["左暗右亮", [1, 1, 1], [-1, 0, 1, -1, 0, 1, -1, 0, 1]],
  ["上暗下亮", [1, 1, 1], [-1, -1, -1, 0, 0, 0, 1, 1, 1]],
  ["亮斑", [1, 1, 1], [-1, -1, -1, -1, 8, -1, -1, -1, -1]],
  ["偏红", [1, -1, 0], EVERYWHERE],
  ["偏黄", [1, 1, -2], EVERYWHERE],
];
const rows = (nine) => [0, 3, 6].map((k) => nine.slice(k, k + 3));
export const BANK = RECIPES.map(([name, mixture, shape]) => ({
  name,
  weight: mixture.map((share) => rows(shape.map((value) => share * value))),
}));

export const MODES = {
  slice: {
    title: "深度切片",
    story: "一个通道的全部神经元。它们共用一个核，所以是一幅特征图：同一种图案，在哪里都一样找。",
  },
  column: {
    title: "深度列",
    story: "同一个位置、不同通道的神经元。它们看同一块输入，用的核各不相同。",
  },
  neuron: {
    title: "一个神经元",
    story: "在高和宽两个方向上只看一小块（局部），在通道方向上看全部（完整）。",
  },
};
const TURNING = "拖动图就转，点一格就选。";
const VIEWS = { 斜看: [38, 22], 正面: [0, 0], 从上看: [20, 55] };
export const CREDIT = "花，vultilion（Flickr 6056698931），CC BY 2.0";

export const volumeOf = (pixels) => BANK.map(({ weight }) => conv2d(pixels, weight));

// 最大与最小的位置和值。
function extremes(map) {
  const flat = map.flat();
  return [Math.max(...flat), Math.min(...flat)].map((value) => {
    const k = flat.indexOf(value);
    return `${Math.floor(k / OUT)}, ${k % OUT}] = ${decimal(value)}`;
  });
}

// 读数：一个标题，几句话。
export function describe({ pixels, mode, channel, row, column }) {
  const output = volumeOf(pixels);
  const { name, weight } = BANK[channel];
  const seen = `输入[:, ${row}:${row + KERNEL}, ${column}:${column + KERNEL}]`;
  const neurons = OUT * OUT * BANK.length;
  const whole =
    `全部 ${BANK.length}×${OUT}×${OUT} = ${neurons} 个神经元，` +
    `5 个核，每个 27 个权重、1 个偏置，共 140 个参数。`;
  if (mode === "slice") {
    const [most, least] = extremes(output[channel]);
    return [
      `切片 [${channel}, :, :]：${name}`,
      `${OUT}×${OUT} = ${OUT * OUT} 个神经元共用一个 3×3×3 的核。`,
      `最大的是 [${channel}, ${most}，最小的是 [${channel}, ${least}。`,
      whole,
    ];
  }
  if (mode === "column") {
    const values = BANK.map((kernel, c) => `${kernel.name} ${decimal(output[c][row][column])}`);
    return [
      `列 [:, ${row}, ${column}]：${BANK.length} 个神经元`,
      `都看同一块${seen}：3 个通道各 3×3，共 27 个数。`,
      `${BANK.length} 个核给出 ${BANK.length} 个数：${values.join("，")}。`,
      whole,
    ];
  }
  const window = windowAt(pixels, KERNEL, row, column);
  const products = window.map((value, k) => value * weight.flat(2)[k]);
  const total = (c) => decimal(sum(products.slice(9 * c, 9 * c + 9)));
  const parts = COLORS.map(([color], c) => `${color} ${total(c)}`);
  return [
    `神经元 [${channel}, ${row}, ${column}] = ${decimal(output[channel][row][column])}：${name}`,
    `它看${seen}：全部 3 个通道，各 3×3，共 27 个数；输入一共有 192 个。`,
    `27 个乘积按通道合计：${parts.join("，")}；三者相加，再加偏置 0。`,
    whole,
  ];
}

function store(model) {
  const read = () => Object.fromEntries(TRAITS.map((name) => [name, model.get(name)]));
  const set = (values) => {
    for (const [name, value] of Object.entries(values))
      model.set(name, LIMITS[name] ? clamp(value, ...LIMITS[name]) : value);
    model.save_changes();
  };
  const turn = (across, up) => {
    set({ yaw: model.get("yaw") + across, pitch: model.get("pitch") + up });
  };
  return { read, set, turn };
}

const press = (nodes, chosen) =>
  nodes.forEach((node, k) => node.setAttribute("aria-pressed", k === chosen));

function menu(parent, set) {
  const names = Object.keys(MODES);
  const modes = buttons(
    parent,
    "看",
    names.map((mode) => [MODES[mode].title, () => set({ mode })]),
  );
  const story = html("div", { class: "live-story live-long" });
  parent.append(story);
  return ({ mode }) => {
    press(modes, names.indexOf(mode));
    story.textContent = `${MODES[mode].story}${TURNING}`;
  };
}

// 三根滑块与视角；用不上的滑块变淡，不能动，位置不变。
function controls(parent, set) {
  const grid = html("div", { class: "live-controls" });
  const labels = { channel: "通道 c", row: "行 i", column: "列 j" };
  const resting = { slice: ["row", "column"], column: ["channel"], neuron: [] };
  const sliders = Object.entries(labels).map(([name, label]) => {
    const [min, max] = LIMITS[name];
    const onInput = (value) => set({ [name]: value });
    return [name, slider(grid, { label, min, max, step: 1, onInput })];
  });
  const angles = Object.entries(VIEWS);
  const views = buttons(
    grid,
    "视角",
    angles.map(([title, [yaw, pitch]]) => [title, () => set({ yaw, pitch })]),
  );
  parent.append(grid);
  return (now) => {
    for (const [name, one] of sliders) {
      one.set(now[name]);
      one.row.inert = resting[now.mode].includes(name);
    }
    press(views, angles.findIndex(([, [yaw, pitch]]) => yaw === now.yaw && pitch === now.pitch));
  };
}

// 输入的颜色越浓，数越大；输出的深浅以各通道最强的响应为准。
function panels(parent, { turn, set, strongest }) {
  const row = html("div", { class: "live-panels" });
  parent.append(row);
  const pick = (i, j) => set({ row: i, column: j });
  const input = volumePanel(row, {
    label: "输入 3×8×8：红、绿、蓝",
    channels: COLORS.length,
    side: SIDE,
    shade: (channel) => (value) => [COLORS[channel][1], value / 255],
    onTurn: turn,
    onPick: (i, j) => pick(i - 1, j - 1),
  });
  const output = volumePanel(row, {
    label: "输出 5×6×6",
    channels: BANK.length,
    side: OUT,
    shade: (channel) => (value) => signed(value, strongest(channel)),
    onTurn: turn,
    onPick: pick,
  });
  return {
    layout(width) {
      for (const one of [input, output]) one.layout(panelWidth(width));
    },
    draw(now, values) {
      const { mode, channel, row: i, column: j } = now;
      const whole = mode === "slice";
      const block = (size, side) => (whole ? [0, side, 0, side] : [i, i + size, j, j + size]);
      input.draw(now.pixels, { ...now, box: block(KERNEL, SIDE), chosen: () => true, picked: 0 });
      const chosen = (c) => mode === "column" || c === channel;
      output.draw(values, { ...now, box: block(1, OUT), chosen, picked: channel });
    },
  };
}

function render({ model, el }) {
  const { read, set, turn } = store(model);
  let values;
  const strongest = (channel) => Math.max(1, ...values[channel].flat().map(Math.abs));
  const updateMenu = menu(el, set);
  const view = panels(el, { turn, set, strongest });
  legend(el, {
    "live-mark-warm": "输出为正",
    "live-mark-cool": "输出为负",
    "live-mark-beam": "选中的神经元与它们看的输入",
  });
  const updateControls = controls(el, set);
  const say = readout(el);
  el.append(html("p", { class: "live-credit" }, `照片：${CREDIT}；缩成了 8×8。`));
  return animate(model, el, {
    layout: view.layout,
    traits: TRAITS,
    draw() {
      const now = read();
      values = volumeOf(now.pixels);
      view.draw(now, values);
      for (const update of [updateMenu, updateControls]) update(now);
      const [heading, ...lines] = describe(now);
      say(heading, lines.map((text) => html("div", { class: "live-fact" }, text)));
    },
  });
}

export default { render };
