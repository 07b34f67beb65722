// 走一步：从曲线上的一点走一步，损失降不降，由学习率与曲率决定。
import { power, quadratic, tiltedDoubleWell } from "../arithmetic/landscapes.js";
import {
  animate, button, buttons, clamp, html, number, panelWidth, pressOne, readout, sceneMenu, slider,
  stateOf, typeset,
} from "../drawing/index.js";
import { changeChart, curvePanel } from "./view.js";

const HINT = "拖动曲线上的点，改动学习率与 L，看这一步落到哪里，抛物线许诺了什么。";

// 曲线本身，与从离原点 near 到 far 的一段上最大的曲率；defaults 是换到这条曲线时的设置。
export const CURVES = {
  quadratic: {
    land: quadratic([5]),
    curvature: () => 5,
    defaults: { start: 2.4, lr: 0.15, bound: 8 },
  },
  quartic: {
    land: power(4),
    curvature: (near, far) => 3 * far ** 2,
    defaults: { start: 1.6, lr: 0.25, bound: 8 },
  },
  three_halves: {
    land: power(1.5),
    curvature: (near) => (near ? 0.5 / Math.sqrt(near) : Infinity),
    defaults: { start: 0.8, lr: 0.5, bound: 1 },
  },
  absolute: {
    land: power(1),
    curvature: (near) => (near ? 0 : Infinity),
    defaults: { start: 1.2, lr: 0.5, bound: 1 },
  },
  double_well: {
    land: tiltedDoubleWell(),
    curvature: (near, far) => 3 * far ** 2 - 1,
    defaults: { start: 1.7, lr: 0.15, bound: 8 },
  },
};

export const SCENES = [
  {
    title: "学习率小于 2/L",
    settings: { curve: "quadratic", start: 2.4, steps: 8, lr: 0.3, bound: 5 },
    story: "曲率处处是 5，L = 5 的抛物线就是曲线自己。学习率 0.3 小于 2/L = 0.4，步步都降。",
  },
  {
    title: "学习率大于 2/L",
    settings: { curve: "quadratic", start: 0.8, steps: 8, lr: 0.43, bound: 5 },
    story: "学习率 0.43 大于 2/L = 0.4，每一步都跨过谷底，落到更高的地方。",
  },
  {
    title: "x⁴ 走远了就不灵",
    settings: { curve: "quartic", start: 2.2, steps: 0, lr: 0.5, bound: 30 },
    story: "学习率 0.5 在 |x| < 2 处每步都降。这里 |x| > 2，一步就升高；再走几步就飞走。曲率 3x² 没有上限，没有一个 L 管得住所有的 x。",
  },
  {
    title: "给定 x，总有够小的学习率",
    settings: { curve: "quartic", start: 2.2, steps: 0, lr: 0.1, bound: 15 },
    story: "还是 x = 2.2。学习率换成 0.1，这一段的曲率不超过 15，0.1 小于 2/15，许诺作数，损失降了。",
  },
  {
    title: "|x|^1.5 总在两点之间跳",
    settings: { curve: "three_halves", start: 0.8, steps: 12, lr: 1, bound: 10 },
    story: "谷底的曲率无穷大。学习率无论多小，最后都在 ±(lr/2)² 之间来回跳；这里是 ±0.25。把学习率调小，再走几十步看看。",
  },
  {
    title: "|x| 也跳",
    settings: { curve: "absolute", start: 1.2, steps: 6, lr: 0.5, bound: 10 },
    story: "斜率总是 ±1，每步都走 0.5 那么远，离谷底再近也不缩短，于是在 0.2 与 −0.3 之间来回跳。",
  },
  {
    title: "停在较高的谷",
    settings: { curve: "double_well", start: 1.7, steps: 60, lr: 0.15, bound: 8 },
    story: "每一步都降，最后停在右边的谷底：梯度是零，可左边的谷更低。步步下降，不等于找到最小值。",
  },
];

// 走过的位置，从出发点起；超出 ±far 就此打住。
export function walk({ curve, start, steps, lr }, far) {
  const { land } = CURVES[curve];
  const xs = [start];
  while (xs.length <= steps && Math.abs(xs.at(-1)) <= far)
    xs.push(xs.at(-1) - lr * land.grad(xs.at(-1))[0]);
  return xs;
}

// 现在的一点、它的斜率、下一步，与从 x 到 x⁺ 的一段上最大的曲率。
export function inspect(now, { far: end }) {
  const { land, curvature } = CURVES[now.curve];
  const path = walk(now, end);
  const x = path.at(-1);
  const slope = land.grad(x)[0];
  const landing = x - now.lr * slope;
  const [near, far] = [Math.abs(x), Math.abs(landing)].sort((a, b) => a - b);
  return {
    path,
    x,
    gone: Math.abs(x) > end,
    slope,
    landing,
    height: land.loss(x),
    lower: land.loss(landing),
    curvature: curvature(x * landing <= 0 ? 0 : near, far),
    parabola: (z) => land.loss(x) + slope * (z - x) + (now.bound / 2) * (z - x) ** 2,
    change: (lr) => land.loss(x - lr * slope) - land.loss(x),
    promise: (lr) => -lr * (1 - (lr * now.bound) / 2) * slope ** 2,
  };
}

function verdict({ height, lower }) {
  const change = lower - height;
  if (Math.abs(change) <= 1e-12 * (Math.abs(height) + Math.abs(lower))) return "不升不降";
  return `${change < 0 ? "降了" : "升了"} ${number(Math.abs(change))}`;
}

// 三句话：这一步，抛物线的许诺，L 够不够大。
export function sentences({ lr, bound }, at) {
  if (at.gone) return ["发散了：|x| 超过一百万，不再往下走。"];
  if (Math.abs(at.slope) < 1e-9)
    return [`f(x) = ${number(at.height)}，梯度是零：学习率多大都不动。梯度是零的地方不一定最低。`];
  const step = `f(x) = ${number(at.height)}，f′(x) = ${number(at.slope)}；走一步到 x⁺ = ${number(at.landing)}，`;
  const limit = number(2 / bound);
  const promise =
    lr < 2 / bound
      ? `学习率小于 2/L = ${limit}，抛物线许诺至少降 ${number(-at.promise(lr))}。`
      : `学习率不小于 2/L = ${limit}，抛物线不许诺下降。`;
  const most = `从 x 到 x⁺，曲率最大是 ${number(at.curvature)}：L = ${number(bound)}`;
  let trust = `${most} 够大，抛物线压在曲线上面。`;
  if (at.curvature > bound * (1 + 1e-12)) trust = `${most} 太小，抛物线的话不作数。`;
  if (at.curvature === Infinity) trust = "这一段碰到谷底，那里的曲率无穷大：没有够大的 L，抛物线的话不作数。";
  return [`${step}f(x⁺) = ${number(at.lower)}，${verdict(at)}。`, promise, trust];
}

function menu(parent, { facts, set }) {
  const names = facts.choices.curve;
  const curves = buttons(
    parent,
    "曲线",
    names.map((curve) => [
      facts.curves[curve].title,
      () => set({ curve, steps: 0, ...CURVES[curve].defaults }),
    ]),
  );
  const tell = sceneMenu(parent, SCENES, { hint: HINT, set });
  return (now) => {
    pressOne(curves, names.indexOf(now.curve));
    tell(now);
  };
}

function controls(parent, { limits, set, walkOn, restart, fit }) {
  const box = parent.appendChild(html("div", { class: "live-controls" }));
  const add = (name, label, onInput) => {
    return slider(box, { label, limits: limits[name], step: 0.01, log: true, onInput });
  };
  const lr = add("lr", "学习率", (value) => set({ ...restart(), lr: value }));
  const bound = add("bound", "抛物线的曲率 L", (value) => set({ bound: value }));
  const row = box.appendChild(html("div", { class: "live-buttons live-walk" }));
  button(row, "走一步", () => walkOn(1));
  button(row, "走十步", () => walkOn(10));
  button(row, "重来", () => set({ steps: 0 }));
  const local = button(row, "L 取这一段的最大曲率", fit);
  return (now, at) => {
    lr.set(now.lr);
    bound.set(now.bound);
    const [least, most] = limits.bound;
    local.disabled = !(at.curvature >= least && at.curvature <= most);
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, read, set } = state;
  const { limits } = facts;
  const shown = () => facts.curves[model.get("curve")];
  const inView = (x) => clamp(x, -shown().half, shown().half);
  // 改学习率时，点留在原地，走过的路清掉。
  const restart = () => ({ start: inView(inspect(read(), facts).x), steps: 0 });
  const moveTo = (x) => set({ start: inView(Number(x.toFixed(4))), steps: 0 });
  const update = menu(el, state);
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const curve = curvePanel(row, {
    onMove: moveTo,
    onNudge: (dx, dy) => {
      moveTo(inView(inspect(read(), facts).x) + ((dx + dy) * shown().half) / 50);
    },
  });
  const adjust = controls(row, {
    limits,
    set,
    restart,
    walkOn: (count) => set({ steps: clamp(model.get("steps") + count, ...limits.steps) }),
    fit: () => set({ bound: inspect(read(), facts).curvature }),
  });
  const change = changeChart(row, facts, {
    onPick: (lr) => set({ ...restart(), lr: clamp(lr, ...limits.lr) }),
  });
  const say = readout(el);
  return animate(model, el, {
    layout(width) {
      for (const panel of [curve, change]) panel.layout(panelWidth(width));
    },
    draw() {
      const now = read();
      const at = inspect(now, facts);
      curve.draw({ ...shown(), ...CURVES[now.curve] }, at);
      change.draw(now, at);
      update(now);
      adjust(now, at);
      const lines = sentences(now, at).map((text) => html("div", {}, ...typeset(text)));
      say(`第 ${at.path.length - 1} 步，x = ${number(at.x)}`, lines);
    },
  });
}

export default { render };
