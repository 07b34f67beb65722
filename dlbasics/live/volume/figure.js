// 三维组织：通道 × 高 × 宽，转动它，切开它。
import { conv2d, sum, windowAt } from "../arithmetic/convolution.js";
import {
  animate, buttons, clamp, decimal, html, legend, panelWidth, pressOne, readout, signed, slider,
  stateOf, typeset,
} from "../drawing/index.js";
import { volumePanel } from "./view.js";

const COLORS = [
  ["红", "live-red"],
  ["绿", "live-green"],
  ["蓝", "live-blue"],
];

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

export const volumeOf = (pixels, bank) => bank.map(({ weight }) => conv2d(pixels, weight));

// 最大与最小的位置和值。
function extremes(map) {
  const flat = map.flat();
  const columns = map[0].length;
  return [Math.max(...flat), Math.min(...flat)].map((value) => {
    const k = flat.indexOf(value);
    return `${Math.floor(k / columns)}, ${k % columns}] = ${decimal(value)}`;
  });
}

// 读数：一个标题，几句话。
export function describe({ pixels, mode, channel, row, column }, { bank }) {
  const output = volumeOf(pixels, bank);
  const { name, weight } = bank[channel];
  const [kernels, size, out] = [bank.length, weight[0].length, output[0].length];
  const seen = `输入[:, ${row}:${row + size}, ${column}:${column + size}]`;
  const neurons = out * out * kernels;
  const [patch, each] = [size * size, weight.flat(2).length];
  const [square, cube] = [`${size}×${size}`, `${weight.length}×${size}×${size}`];
  const whole =
    `全部 ${kernels}×${out}×${out} = ${neurons} 个神经元，` +
    `${kernels} 个核，每个 ${each} 个权重、1 个偏置，共 ${kernels * (each + 1)} 个参数。`;
  if (mode === "slice") {
    const [most, least] = extremes(output[channel]);
    return [
      `切片 [${channel}, :, :]：${name}`,
      `${out}×${out} = ${out * out} 个神经元共用一个 ${cube} 的核。`,
      `最大的是 [${channel}, ${most}，最小的是 [${channel}, ${least}。`,
      whole,
    ];
  }
  if (mode === "column") {
    const values = bank.map((kernel, c) => `${kernel.name} ${decimal(output[c][row][column])}`);
    return [
      `列 [:, ${row}, ${column}]：${kernels} 个神经元`,
      `都看同一块${seen}：${weight.length} 个通道各 ${square}，共 ${each} 个数。`,
      `${kernels} 个核给出 ${kernels} 个数：${values.join("，")}。`,
      whole,
    ];
  }
  const window = windowAt(pixels, size, row, column);
  const products = window.map((value, k) => value * weight.flat(2)[k]);
  const total = (c) => decimal(sum(products.slice(patch * c, patch * (c + 1))));
  const parts = COLORS.map(([color], c) => `${color} ${total(c)}`);
  return [
    `神经元 [${channel}, ${row}, ${column}] = ${decimal(output[channel][row][column])}：${name}`,
    `它看${seen}：全部 ${weight.length} 个通道，各 ${square}，共 ${each} 个数；` +
      `输入一共有 ${pixels.flat(2).length} 个。`,
    `${each} 个乘积按通道合计：${parts.join("，")}；三者相加，再加偏置 0。`,
    whole,
  ];
}

function store(model) {
  const state = stateOf(model);
  const { limits } = state.facts;
  const inRange = ([name, value]) => [name, limits[name] ? clamp(value, ...limits[name]) : value];
  const set = (values) => state.set(Object.fromEntries(Object.entries(values).map(inRange)));
  const turn = (across, up) => {
    set({ yaw: model.get("yaw") + across, pitch: model.get("pitch") + up });
  };
  return { ...state, set, turn };
}

function menu(parent, { facts, set }) {
  const names = facts.choices.mode;
  const modes = buttons(
    parent,
    "看",
    names.map((mode) => [MODES[mode].title, () => set({ mode })]),
  );
  const story = html("div", { class: "live-story live-long" });
  parent.append(story);
  return ({ mode }) => {
    pressOne(modes, names.indexOf(mode));
    story.replaceChildren(...typeset(`${MODES[mode].story}${TURNING}`));
  };
}

// 三根滑块与视角；用不上的滑块变淡，不能动，位置不变。
function controls(parent, { facts, set }) {
  const grid = html("div", { class: "live-controls" });
  const labels = { channel: "通道 c", row: "行 i", column: "列 j" };
  const resting = { slice: ["row", "column"], column: ["channel"], neuron: [] };
  const sliders = Object.entries(labels).map(([name, label]) => {
    const onInput = (value) => set({ [name]: value });
    return [name, slider(grid, { label, limits: facts.limits[name], step: 1, onInput })];
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
    pressOne(views, angles.findIndex(([, [yaw, pitch]]) => yaw === now.yaw && pitch === now.pitch));
  };
}

// 输入的颜色越浓，数越大；输出的深浅以各通道最强的响应为准。
function panels(parent, { facts, turn, set, strongest }) {
  const { side, kernel, bank } = facts;
  const out = side - kernel + 1;
  const row = html("div", { class: "live-panels" });
  parent.append(row);
  const pick = (i, j) => set({ row: i, column: j });
  const input = volumePanel(row, facts, {
    label: `输入 ${COLORS.length}×${side}×${side}：红、绿、蓝`,
    channels: COLORS.length,
    side,
    shade: (channel) => (value) => [COLORS[channel][1], value / 255],
    onTurn: turn,
    onPick: (i, j) => pick(i - 1, j - 1),
  });
  const output = volumePanel(row, facts, {
    label: `输出 ${bank.length}×${out}×${out}`,
    channels: bank.length,
    side: out,
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
      const block = (size, full) => (whole ? [0, full, 0, full] : [i, i + size, j, j + size]);
      input.draw(now.pixels, { ...now, box: block(kernel, side), chosen: () => true, picked: 0 });
      const chosen = (c) => mode === "column" || c === channel;
      output.draw(values, { ...now, box: block(1, out), chosen, picked: channel });
    },
  };
}

function render({ model, el }) {
  const state = store(model);
  const { facts, read } = state;
  let values;
  const strongest = (channel) => Math.max(1, ...values[channel].flat().map(Math.abs));
  const updateMenu = menu(el, state);
  const view = panels(el, { ...state, strongest });
  legend(el, {
    "live-mark-warm": "输出为正",
    "live-mark-cool": "输出为负",
    "live-mark-beam": "选中的神经元与它们看的输入",
  });
  const updateControls = controls(el, state);
  const say = readout(el);
  el.append(html("p", { class: "live-credit" }, `照片：${facts.credit}；缩成了 ${facts.side}×${facts.side}。`));
  return animate(model, el, {
    layout: view.layout,
    draw() {
      const now = read();
      values = volumeOf(now.pixels, facts.bank);
      view.draw(now, values);
      for (const update of [updateMenu, updateControls]) update(now);
      const [heading, ...lines] = describe(now, facts);
      say(heading, lines.map((text) => html("div", { class: "live-fact" }, ...typeset(text))));
    },
  });
}

export default { render };
