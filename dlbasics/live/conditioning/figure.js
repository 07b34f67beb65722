// 条件数：碗越狭长，梯度越不指向谷底，路就走成之字。
import { rate, settlingSteps } from "../arithmetic/convergence.js";
import { quadratic } from "../arithmetic/landscapes.js";
import { trajectory } from "../arithmetic/trajectory.js";
import {
  animate, button, clamp, html, number, panelWidth, readout, saying, sceneMenu, slider, stateOf,
} from "../drawing/index.js";
import { bowlPanel, modesChart } from "./view.js";

const HINT = "拖动出发点，改动条件数与学习率，看路怎样走，两个方向的误差各缩多快。";

const canyon = (ratio) => ({ kappa: 30, ratio, start: [-2, 1] });

export const SCENES = [
  {
    title: "圆碗：一步到底",
    settings: { kappa: 1, ratio: 0.5, start: [-2, 1] },
    story: "κ = 1，负梯度正对谷底。学习率等于 1/κ = 1，一步就到。",
  },
  {
    title: "狭谷：之字",
    settings: canyon(0.97),
    story: "学习率接近 2/κ。陡的方向每步都冲到对面，路走成之字；平缓的方向一步步慢慢挪。",
  },
  {
    title: "学习率太小",
    settings: canyon(0.1),
    story: "陡的方向很快走完，不再来回；平缓的方向每步只缩短一点点，步数是“之字”的好几倍。",
  },
  {
    title: "最佳学习率",
    settings: canyon(30 / 31),
    story: "学习率 2/(1 + κ)：两个方向缩得一样快。再大，陡的方向拖后腿；再小，平缓的方向拖后腿。",
  },
  {
    title: "超过 2/κ",
    settings: canyon(1.02),
    story: "平缓的方向仍在缩小，陡的方向每步都放大：发散。学习率的上限由最陡的方向定。",
  },
  {
    title: "更狭长",
    settings: { kappa: 100, ratio: 100 / 101, start: [-2, 1] },
    story: "κ = 100，学习率已经最佳，步数还是随 κ 成正比地涨。要快，只能换方法，例如动量法。",
  },
];

// 学习率、两个方向的倍数、步数、最佳学习率，与负梯度偏离谷底多少度。
export function inspect({ kappa, ratio, start: [x, y] }, facts) {
  const lr = (ratio * 2) / kappa;
  const rates = [lr, lr * kappa].map((al) => rate(al, 0));
  const [gx, gy] = quadratic([1, kappa]).grad(x, y);
  const steps = Math.max(...[lr, lr * kappa].map((al) => settlingSteps(al, 0, facts)));
  const turn = Math.atan2(Math.abs(x * gy - y * gx), x * gx + y * gy);
  return { lr, rates, steps, best: 2 / (1 + kappa), angle: (turn * 180) / Math.PI };
}

// 四句话：两个方向、总的快慢、最佳的学习率、负梯度指向哪里。
export function sentences({ kappa, start }, { lr, rates, steps, best, angle }, facts) {
  const signs = [lr, lr * kappa].map((al) => (al > 1 ? "，每步换一边" : ""));
  const [gentle, steep] = rates.map((r, k) => `每步误差乘 ${number(r)}${signs[k]}`);
  const worst = Math.max(...rates);
  const slow =
    steps === Infinity
      ? `总的来说每步乘 ${number(worst)}：不收敛。`
      : `总的来说每步乘 ${number(worst)}，误差缩小到 10⁻⁶ 要 ${steps} 步。`;
  const fastest = (kappa - 1) / (kappa + 1);
  const least = Math.max(...[best, best * kappa].map((al) => settlingSteps(al, 0, facts)));
  const direction = start.some((c) => c !== 0)
    ? `出发点的负梯度偏离谷底的方向 ${number(angle)}°。`
    : "出发点就是谷底。";
  return [
    ["live-gentle", `平缓的方向 λ = 1：${gentle}。`],
    ["live-steep", `陡峭的方向 λ = ${number(kappa)}：${steep}。`],
    ["", slow],
    ["", `最佳学习率 2/(1 + κ) = ${number(best)}：每步乘 ${number(fastest)}，要 ${least} 步。`],
    ["", direction],
  ];
}

function controls(parent, { facts, set }, takeBest) {
  const box = parent.appendChild(html("div", { class: "live-controls" }));
  const add = (name, label, rest) => {
    const limits = facts.limits[name];
    return slider(box, { label, limits, onInput: (value) => set({ [name]: value }), ...rest });
  };
  const kappa = add("kappa", "条件数 κ", { step: 0.02, log: true });
  const ratio = add("ratio", "学习率，以 2/κ 为 1", { step: 0.01 });
  button(box.appendChild(html("div", { class: "live-buttons live-walk" })), "取最佳学习率", takeBest);
  return (now) => {
    kappa.set(now.kappa);
    ratio.set(now.ratio);
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, read, set } = state;
  const { wide, tall } = facts;
  const moveTo = (x, y) =>
    set({ start: [clamp(x, -wide, wide), clamp(y, -tall, tall)].map((c) => Number(c.toFixed(4))) });
  const onNudge = (dx, dy) => {
    const [x, y] = model.get("start");
    moveTo(x + dx * 0.05, y + dy * 0.05);
  };
  const update = sceneMenu(el, SCENES, { hint: HINT, set, style: "live-story" });
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const bowl = bowlPanel(row, { onMove: moveTo, onNudge });
  const adjust = controls(row, state, () => {
    const kappa = model.get("kappa");
    set({ ratio: kappa / (1 + kappa) });
  });
  const modes = modesChart(row, facts);
  const say = readout(el);
  let drawn = 0;
  const layout = (width) => {
    drawn = model.get("kappa");
    bowl.layout(panelWidth(width), quadratic([1, drawn]), facts);
    modes.layout(panelWidth(width));
  };
  return animate(model, el, {
    layout,
    draw(width) {
      const now = read();
      if (now.kappa !== drawn) layout(width);
      const at = inspect(now, facts);
      const bowlNow = quadratic([1, now.kappa]);
      const run = { start: now.start, lr: at.lr, mu: 0, steps: facts.shown_steps };
      bowl.draw(trajectory(bowlNow, run).x, bowlNow.grad(...now.start));
      modes.draw(at);
      update(now);
      adjust(now);
      const lines = sentences(now, at, facts).map(([name, text]) => saying(name, text));
      say(`κ = ${number(now.kappa)}，学习率 ${number(at.lr)}`, lines);
    },
  });
}

export default { render };
