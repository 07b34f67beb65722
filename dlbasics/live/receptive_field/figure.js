// 感受野：一层层往下看，顶上的一个神经元看得到哪些像素。
import {
  animate, button, buttons, clamp, decode, html, number, pressOne, readout, slider, stateOf, typeset,
} from "../drawing/index.js";
import { jumpOf, levelsOf, neuronsShown, paths, receptiveField, weightsOf } from "./arithmetic.js";
import { nameOf, photoPanel, stackPanel } from "./view.js";

const HINT = "拖动顶上的神经元，加一层，或改一层的核与步幅，看底下的像素怎样变。";
const POOL = [2, 2, "pool"];

export const SCENES = [
  {
    title: "两层 3×3 = 一层 5×5",
    layers: [[3, 1], [3, 1]],
    story: "两层 3×3 看得和一层 5×5 一样远，权重只要 18C² 个，不是 25C² 个。",
  },
  {
    title: "三层 3×3 = 一层 7×7",
    layers: [[3, 1], [3, 1], [3, 1]],
    story: "三层 3×3 看得和一层 7×7 一样远，权重只要 27C² 个，不是 49C² 个。",
  },
  {
    title: "LeNet-5",
    layers: [[5, 1], POOL, [5, 1], POOL, [5, 1]],
    story: "最后一层看得到 32×32 个像素，正是整张输入。各层通道数在这里取得一样，真正的不是。",
  },
  {
    title: "VGG 的开头",
    layers: [[3, 1], [3, 1], POOL, [3, 1], [3, 1], POOL],
    story: "同样两层 3×3，在汇聚之前让感受野加 4，在步幅 2 的汇聚之后加 8。",
  },
  {
    title: "核比步幅小：有空洞",
    layers: [[1, 2], [3, 1]],
    story: "第一层隔一个像素看一个，往上再加层也补不回来：公式数的是首尾之间有多长。",
  },
];

const whole = (value) => value.toLocaleString("en-US");

// 三句话：公式一项项写出来；权重与一层大核相比；到各个像素有几条路。
export function sentences(layers, channels) {
  const size = receptiveField(layers);
  const levels = levelsOf(layers, 1);
  const terms = layers.map(([kernel], k) => `${kernel - 1}·${levels[k].jump}`);
  const [stacked, single] = [weightsOf(layers, channels), weightsOf([[size, 1]], channels)];
  const ways = paths(layers)[0];
  const reached = ways.filter((one) => one > 0).length;
  const share = `权重是一层 ${size}×${size} 的 ${number((100 * stacked) / single)}%`;
  const each = `通道 ${channels} 进 ${channels} 出，不计偏置`;
  return [
    `r = 1 + ${terms.join(" + ")} = ${size}：每层加上（核 − 1）×（下面各层步幅之积）。`,
    `${share}：${whole(stacked)} 个比 ${whole(single)} 个（${each}）。`,
    reached < size
      ? `一行 ${size} 个像素里只有 ${reached} 个够得着，其余是空洞。`
      : `到最边上的像素各有 1 条路，最多的有 ${whole(Math.max(...ways))} 条：颜色越浓，路越多。`,
  ];
}

// 上面的场景与一句说明；被拒绝的改动也在这里说明。
function menu(parent, choose) {
  const rows = buttons(
    parent,
    "场景",
    SCENES.map(({ title, layers }) => [title, () => choose(layers)]),
  );
  const story = parent.appendChild(html("div", { class: "live-story live-long" }));
  return (now, refusal) => {
    const text = JSON.stringify(now.layers);
    const chosen = SCENES.findIndex(({ layers }) => JSON.stringify(layers) === text);
    pressOne(rows, chosen);
    story.replaceChildren(...typeset(refusal || (SCENES[chosen]?.story ?? HINT)));
  };
}

// 选哪一层、加一层、去掉一层；这一层是卷积还是汇聚，核与步幅；通道数。
function controls(parent, { facts, read, set, change, add, remove }) {
  const limits = { ...facts.limits, kernel: facts.kernels, stride: facts.strides };
  const choices = parent.appendChild(html("div", { class: "live-choices" }));
  const every = Array.from({ length: limits.layer[1] }, (_, k) => k + 1);
  const chips = buttons(
    choices,
    "选层",
    every.map((k) => [String(k), () => set({ layer: k })]),
  );
  chips[0].parentNode.classList.add("live-layers");
  const pair = choices.appendChild(html("div", { class: "live-buttons" }));
  button(pair, "加一层 3×3", add);
  button(pair, "去掉这一层", remove);
  const kinds = buttons(choices, "种类", [
    ["卷积", () => change(({ kernel, stride }) => [kernel, stride])],
    ["汇聚", () => change(({ kernel, stride }) => [kernel, stride, "pool"])],
  ]);
  const grid = parent.appendChild(html("div", { class: "live-controls" }));
  const range = (name, label, onInput, log) => {
    return slider(grid, { label, limits: limits[name], step: log ? 0.01 : 1, log, onInput });
  };
  const kernel = range("kernel", "这一层的核", (value) =>
    change(({ stride, pool }) => [value, stride, ...pool]),
  );
  const stride = range("stride", "这一层的步幅", (value) =>
    change((layer) => [layer.kernel, value, ...layer.pool]),
  );
  const onChannels = (value) => set({ channels: Math.round(value) });
  const channels = range("channels", "通道数 C", onChannels, true);
  return () => {
    const now = read();
    const [size, step, pool] = now.layers[now.layer - 1];
    chips.forEach((node, k) => {
      const layer = now.layers[k];
      node.hidden = !layer;
      node.setAttribute("aria-pressed", k + 1 === now.layer);
      if (layer) node.setAttribute("aria-label", `第 ${k + 1} 层：${nameOf(layer)}`);
    });
    pressOne(kinds, pool ? 1 : 0);
    kernel.set(size);
    stride.set(step);
    channels.set(now.channels);
  };
}

// 状态的读与写；画不下的改动不接受，说明原因。
function store(model, onRefuse) {
  const state = stateOf(model);
  const { facts } = state;
  const [, most] = facts.limits.layer;
  const read = () => {
    const now = state.read();
    const layer = Math.min(now.layer, now.layers.length);
    return { ...now, layer, neuron: Math.min(now.neuron, neuronsShown(now.layers, facts)) };
  };
  const set = (values) => {
    onRefuse("");
    state.set(values);
  };
  const offer = (layers, layer) => {
    if (layers.length > most) return onRefuse(`这里最多画 ${most} 层。`);
    if (!layers.length) return onRefuse("至少要有一层。");
    const size = receptiveField(layers);
    if (size > facts.widest)
      return onRefuse(`那样感受野是 ${size}，这里只画得下 ${facts.widest}。`);
    set({ layers, layer, neuron: Math.ceil(neuronsShown(layers, facts) / 2) });
  };
  const change = (edit) => {
    const { layers, layer } = read();
    const [kernel, stride, ...pool] = layers[layer - 1];
    offer(layers.with(layer - 1, edit({ kernel, stride, pool })), layer);
  };
  const add = () => offer([...read().layers, [3, 1]], read().layers.length + 1);
  const remove = () => {
    const { layers, layer } = read();
    offer(layers.toSpliced(layer - 1, 1), clamp(layer, 1, layers.length - 1));
  };
  return { facts, read, set, offer, change, add, remove };
}

function render({ model, el }) {
  let refusal = "";
  let update = () => {};
  const state = store(model, (reason) => {
    const stale = refusal || reason;
    refusal = reason;
    if (stale) update();
  });
  const { facts, read, set } = state;
  const updateMenu = menu(el, (layers) => state.offer(layers, layers.length));
  const row = el.appendChild(html("div", { class: "live-panels live-split" }));
  const onNeuron = (k) => set({ neuron: clamp(k, 1, neuronsShown(read().layers, facts)) });
  const stack = stackPanel(row, facts, {
    onNeuron,
    onNudge: (dx, dy) => onNeuron(read().neuron + dx + dy),
  });
  const photo = photoPanel(row, facts, decode(model.get("photo")));
  const updateControls = controls(el, state);
  const say = readout(el);
  update = () => {
    updateMenu(read(), refusal);
    updateControls();
  };

  return animate(model, el, {
    layout(width) {
      const wide = width >= 520;
      stack.layout(wide ? width - 210 : width);
      photo.layout(wide ? 194 : 242);
    },
    draw() {
      const now = read();
      stack.draw(now);
      photo.draw(now);
      update();
      const size = receptiveField(now.layers);
      const lines = sentences(now.layers, now.channels).map((one) => html("div", {}, ...typeset(one)));
      say(`感受野 ${size}×${size}，步幅之积 ${jumpOf(now.layers)}`, lines);
    },
  });
}

export default { render };
