// 卷积一步一步：同一个核，走到哪里都是这 9 个权重。
import { conv2d, convOutputSize, windowAt } from "../arithmetic/convolution.js";
import {
  animate, buttons, clamp, decimal, html, player, pressOne, range, readout, slider, stateOf, typeset,
} from "../drawing/index.js";
import { maps, products } from "./view.js";

// 播放一遍的毫秒数；比这更远的一步是 Home 或 End 键。
const SWEEP = 8000;
const FAR = 1000;

export const KERNELS = [
  {
    title: "恒等",
    kernel: [0, 0, 0, 0, 1, 0, 0, 0, 0],
    story: "只有正中的权重是 1：每个输出就是窗口正中的那个像素。",
  },
  {
    title: "竖直边缘",
    kernel: [-1, 0, 1, -1, 0, 1, -1, 0, 1],
    story: "右列之和减左列之和：左淡右浓是正（橙），左浓右淡是负（蓝），左右一样是 0。",
  },
  {
    title: "水平边缘",
    kernel: [-1, -1, -1, 0, 0, 0, 1, 1, 1],
    story: "下行之和减上行之和：上淡下浓是正（橙），上浓下淡是负（蓝），上下一样是 0。",
  },
  {
    title: "模糊",
    kernel: [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16),
    story: "权重都是正数，和是 1：每个输出是窗口里的加权平均，不会超出窗口里的最大与最小。",
  },
  {
    title: "锐化",
    kernel: [0, -1, 0, -1, 5, -1, 0, -1, 0],
    story: "权重之和仍是 1：正中比上下左右的平均浓，就变得更浓；比它淡，就变得更淡。",
  },
];
const OWN = "这是你自己的核。不管权重是多少，每一处用的都是同一组。";
const POINTING = "拖动方框，点核里的一格改权重，或按“播放”。";

const threeRows = (nine) => [0, 3, 6].map((start) => nine.slice(start, start + 3));

// 窗口的内容与（row, column）处一模一样的其他输出位置。
export function twins(pixels, { kernel, stride, padding, row, column }, count) {
  const key = (i, j) =>
    String(windowAt([pixels], kernel.length, i * stride - padding, j * stride - padding));
  const here = key(row, column);
  const places = range(0, count * count).map((k) => [Math.floor(k / count), k % count]);
  return places.filter(([i, j]) => (i !== row || j !== column) && key(i, j) === here);
}

const signedTerm = (weight) => (weight < 0 ? `(${decimal(weight)})` : decimal(weight));

// 读数里的三句：逐项相加，同样的窗口，参数的账。
export function sentences(values, now, output, others) {
  const terms = values.map((value, k) => `${signedTerm(now.kernel.flat()[k])}×${decimal(value)}`);
  const total = decimal(output[now.row][now.column]);
  const [count, weights] = [output.length ** 2, values.length];
  const same = new Set(values).size === 1;
  const more = others.length > 1 ? `等 ${others.length} 处` : "";
  const alike = others.length
    ? `输出[${others[0].join(", ")}] ${more}的窗口里是同样的 ${weights} 个数，结果也是 ${total}。`
    : "没有别的窗口与它完全相同。";
  return [
    `${terms.join(" + ")} + 偏置 ${signedTerm(now.bias)} = ${total}`,
    same ? `窗口里的 ${weights} 个数都是 ${decimal(values[0])}。` : alike,
    `${count} 处共用 ${weights} 个权重和 1 个偏置，一共 ${weights + 1} 个参数；每处各用各的，要 ${count * (weights + 1)} 个。`,
  ];
}

// 状态的读与写；位置不超出输出。
function store(model) {
  const state = stateOf(model);
  const { set } = state;
  const read = () => {
    const now = state.read();
    const { pixels, kernel, stride, padding } = now;
    const last = convOutputSize(pixels.length, kernel.length, stride, padding) - 1;
    return { ...now, last, row: Math.min(now.row, last), column: Math.min(now.column, last) };
  };
  const goTo = (row, column) => {
    const { last } = read();
    set({ row: clamp(row, 0, last), column: clamp(column, 0, last) });
  };
  return { ...state, read, goTo };
}

function menu(parent, { facts, set }) {
  const kernels = buttons(
    parent,
    "核",
    KERNELS.map(({ title, kernel }) => [
      title,
      () => set({ kernel: threeRows(kernel), bias: 0 }),
    ]),
  );
  const choices = html("div", { class: "live-choices" });
  parent.append(choices);
  const rows = ["stride", "padding"].map((name, k) => {
    const [low, high] = facts.limits[name];
    const values = range(low, high + 1);
    const pick = (value) => set({ [name]: value });
    const items = values.map((value) => [`${value}`, () => pick(value)]);
    const row = buttons(choices, ["步幅", "填充"][k], items);
    return (now) => pressOne(row, values.indexOf(now[name]));
  });
  const story = html("div", { class: "live-story live-long" });
  parent.append(story);
  return (now) => {
    const same = ({ kernel }) => String(kernel) === String(now.kernel.flat()) && now.bias === 0;
    const chosen = KERNELS.findIndex(same);
    pressOne(kernels, chosen);
    for (const update of rows) update(now);
    story.replaceChildren(...typeset(`${KERNELS[chosen]?.story ?? OWN}${POINTING}`));
  };
}

// 选中的权重与偏置，各一根滑块。
function weightSliders(parent, { facts: { limits }, set, onWeight }) {
  const grid = html("div", { class: "live-controls" });
  const weight = slider(grid, {
    label: "选中的权重",
    limits: limits.kernel,
    step: 0.25,
    onInput: onWeight,
  });
  const bias = slider(grid, {
    label: "偏置",
    limits: limits.bias,
    step: 0.5,
    onInput: (value) => set({ bias: value }),
  });
  parent.append(grid);
  return (chosen, now) => {
    weight.set(chosen);
    bias.set(now.bias);
  };
}

function render({ model, el }) {
  const state = store(model);
  const { facts, read, set, goTo } = state;
  let chosen = 4;
  const onWeight = (k, value) => {
    const weights = read().kernel.flat();
    weights[k] = value;
    set({ kernel: threeRows(weights) });
  };
  const byHand = (move) => (...place) => {
    move(...place);
    playback.stop();
  };
  const updateMenu = menu(el, state);
  const view = maps(el, {
    darkest: facts.limits.pixels[1],
    onCell: byHand(goTo),
    onWindow: byHand((row, column) => {
      const { stride, padding } = read();
      goTo(Math.round((row + padding) / stride), Math.round((column + padding) / stride));
    }),
    onNudge: byHand((dx, dy) => {
      const { row, column, last } = read();
      const down = Math.abs(dy) > FAR ? dy : -dy;
      goTo(row + down, column + dx);
    }),
  });
  const indexOf = ({ row, column, last }) => row * (last + 1) + column;
  const lastOf = ({ last }) => (last + 1) ** 2 - 1;
  const playback = player(el, {
    label: "走到第几处",
    time: SWEEP,
    where: () => indexOf(read()),
    end: () => lastOf(read()),
    visit: (k) => goTo(Math.floor(k / (read().last + 1)), k % (read().last + 1)),
    onStop: () => draw(),
  });
  const updateProducts = products(el, {
    darkest: facts.limits.pixels[1],
    limits: facts.limits.kernel,
    onWeight,
    onPick(k) {
      chosen = k;
      draw();
    },
  });
  const updateSliders = weightSliders(el, {
    facts,
    set,
    onWeight: (value) => onWeight(chosen, value),
  });
  const say = readout(el);

  function draw() {
    const now = read();
    const output = conv2d([now.pixels], [now.kernel], now);
    const corner = (k) => k * now.stride - now.padding;
    const size = now.kernel.length;
    const values = windowAt([now.pixels], size, corner(now.row), corner(now.column));
    const others = twins(now.pixels, now, output.length);
    const uniform = new Set(values).size === 1;
    const shown = playback.playing() ? indexOf(now) : Infinity;
    view.draw(now, { output, twins: uniform ? [] : others, shown });
    updateProducts(values, now.kernel.flat(), chosen);
    updateMenu(now);
    playback.set(indexOf(now), lastOf(now));
    updateSliders(now.kernel.flat()[chosen], now);
    const lines = sentences(values, now, output, others);
    const total = decimal(output[now.row][now.column]);
    const told = lines.map((text) => html("div", { class: "live-fact" }, ...typeset(text)));
    say(`输出[${now.row}, ${now.column}] = ${total}`, told);
  }
  const stopWatching = animate(model, el, { layout: view.layout, draw });
  return () => {
    stopWatching();
    playback.stop();
  };
}

export default { render };
