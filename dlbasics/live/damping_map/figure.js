// 阻尼相图：二次碗上的动量法只由 αλ 与 μ 决定，xₙ₊₁ = (1 + μ − αλ) xₙ − μ xₙ₋₁。
import { rate, simulate } from "../arithmetic/convergence.js";
import {
  animate, clamp, html, number, panelWidth, readout, saying, slider, stateOf,
} from "../drawing/index.js";
import { compare, fittedRate, region } from "./arithmetic.js";
import { decayChart, gainChart, phaseMap } from "./view.js";

const FITTED_STEPS = 800;

function sentences(al, mu, facts) {
  const measured = (momentum) => number(fittedRate(simulate(al, momentum, FITTED_STEPS)));
  return [
    saying("live-momentum", `动量法：预测每步乘 ${number(rate(al, mu))}，实测 ${measured(mu)}。`),
    saying(
      "live-gd",
      `梯度下降：预测每步乘 |1 − αλ| = ${number(rate(al, 0))}，实测 ${measured(0)}。`,
    ),
    saying("", compare(al, mu, facts)),
  ];
}

function controls(parent, { limits, onAl, onMu }) {
  const grid = html("div", { class: "live-controls" });
  const al = slider(grid, {
    label: "αλ",
    limits: limits.al,
    step: 0.01,
    log: true,
    onInput: onAl,
  });
  const mu = slider(grid, {
    label: "动量系数 μ",
    limits: limits.mu,
    step: 0.01,
    onInput: onMu,
  });
  parent.append(grid);
  return (alNow, muNow) => {
    al.set(alNow);
    mu.set(muNow);
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, read } = state;
  const { limits } = facts;
  const set = (al, mu) =>
    state.set({
      al: Number(clamp(al, ...limits.al).toPrecision(4)),
      mu: Number(clamp(mu, ...limits.mu).toFixed(3)),
    });
  const onAl = (al) => set(al, model.get("mu"));
  const onMu = (mu) => set(model.get("al"), mu);
  const nudge = (dx, dy) => {
    const { al, mu } = read();
    set(Math.max(Math.sqrt(al) + dx * 0.01, 0) ** 2, mu + dy * 0.01);
  };
  const row = html("div", { class: "live-panels" });
  el.append(row);
  const map = phaseMap(row, facts, { onMove: set, onNudge: nudge });
  const updateControls = controls(row, { limits, onAl, onMu });
  const pair = [map, decayChart(row, facts)];
  const say = readout(el);
  const gain = gainChart(el, facts, { onPick: onAl });

  return animate(model, el, {
    layout(width) {
      for (const panel of pair) panel.layout(panelWidth(width));
      gain.layout(width);
    },
    draw() {
      const { al, mu } = read();
      for (const panel of [...pair, gain]) panel.draw(al, mu);
      updateControls(al, mu);
      say(`αλ = ${number(al)}，μ = ${number(mu)}：${region(al, mu)}`, sentences(al, mu, facts));
    },
  });
}

export default { render };
