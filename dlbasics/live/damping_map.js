// 阻尼相图：二次碗上的动量法只由 αλ 与 μ 决定，xₙ₊₁ = (1 + μ − αλ) xₙ − μ xₙ₋₁。
import { compare, fittedRate, rate, region, simulate } from "./arithmetic/convergence.js";
import { animate, readout, saying, slider } from "./drawing/controls.js";
import { clamp, html, number, panelWidth } from "./drawing/kit.js";
import { decayChart, gainChart, phaseMap } from "./damping_map_view.js";

export const LIMITS = { al: [1e-4, 4], mu: [0, 0.99] };
const FITTED_STEPS = 800;

function sentences(al, mu) {
  const measured = (momentum) => number(fittedRate(simulate(al, momentum, FITTED_STEPS)));
  return [
    saying("live-momentum", `动量法：预测每步乘 ${number(rate(al, mu))}，实测 ${measured(mu)}。`),
    saying(
      "live-gd",
      `梯度下降：预测每步乘 |1 − αλ| = ${number(rate(al, 0))}，实测 ${measured(0)}。`,
    ),
    saying("", compare(al, mu)),
  ];
}

function controls(parent, { onAl, onMu }) {
  const grid = html("div", { class: "live-controls" });
  const [[lowest, highest], [least, most]] = [LIMITS.al, LIMITS.mu];
  const al = slider(grid, {
    label: "αλ",
    min: lowest,
    max: highest,
    step: 0.01,
    log: true,
    onInput: onAl,
  });
  const mu = slider(grid, {
    label: "动量系数 μ",
    min: least,
    max: most,
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
  const state = () => [model.get("al"), model.get("mu")];
  const set = (al, mu) => {
    model.set("al", Number(clamp(al, ...LIMITS.al).toPrecision(4)));
    model.set("mu", Number(clamp(mu, ...LIMITS.mu).toFixed(3)));
    model.save_changes();
  };
  const onAl = (al) => set(al, model.get("mu"));
  const onMu = (mu) => set(model.get("al"), mu);
  const nudge = (dx, dy) => {
    const [al, mu] = state();
    set(Math.max(Math.sqrt(al) + dx * 0.01, 0) ** 2, mu + dy * 0.01);
  };
  const row = html("div", { class: "live-panels" });
  el.append(row);
  const map = phaseMap(row, { onMove: set, onNudge: nudge });
  const updateControls = controls(row, { onAl, onMu });
  const pair = [map, decayChart(row)];
  const say = readout(el);
  const gain = gainChart(el, { onPick: onAl });

  return animate(model, el, {
    traits: ["al", "mu"],
    layout(width) {
      for (const panel of pair) panel.layout(panelWidth(width));
      gain.layout(width);
    },
    draw() {
      const [al, mu] = state();
      for (const panel of [...pair, gain]) panel.draw(al, mu);
      updateControls(al, mu);
      say(`αλ = ${number(al)}，μ = ${number(mu)}：${region(al, mu)}`, sentences(al, mu));
    },
  });
}

export default { render };
