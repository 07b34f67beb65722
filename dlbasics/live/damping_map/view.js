// 阻尼相图的画面：相图、误差曲线、加速比曲线。每个零件是 { layout, draw }。
import { rate, settlingSteps, simulate } from "../arithmetic/convergence.js";
import {
  assign, bringForward, clamp, decade, drawAxes, drawContours, frame, handle, legend, linearTicks,
  logScale, markup, number, pathOf, pixels, powerTicks, range, rootScale, scale, svg,
} from "../drawing/index.js";
import { gainGrid, plainSteps, region } from "./arithmetic.js";

const ROOT = "<math><msqrt><mi>α</mi><mi>λ</mi></msqrt></math>";

const grid = (low, high, count) =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
const squareHeight = (width) => Math.round(clamp(width * 0.9, 270, 330));

// αλ–μ 平面：底色是收敛率，两条曲线分出各区，一个点可以拖动。
export function phaseMap(parent, facts, { onMove, onNudge }) {
  const { view, al_ticks: fewTicks, regions, limits } = facts;
  const margin = { top: 26, right: 8, bottom: 42, left: 34 };
  const plot = frame(parent, { label: "阻尼相图", caption: "每一点的收敛率（数字越小越快）", margin });
  const rates = plot.add("g", "live-contours");
  const diverging = plot.add("path", "live-diverging");
  const critical = plot.add("path", "live-critical");
  const boundary = plot.add("path", "live-boundary");
  const labels = plot.add("g", "live-labels");
  legend(plot.box, {
    "live-mark-critical": markup(`临界阻尼 μ = (1 − ${ROOT})²`),
    "live-mark-boundary": "稳定边界 αλ = 2(1 + μ)",
  });
  let x, y;
  const move = (px, py) => onMove(x.invert(Math.max(px, 0)), y.invert(py));
  const place = handle(plot, {
    label: "αλ 与 μ",
    name: "live-momentum",
    onDrag: move,
    onArrow: onNudge,
  });
  plot.root.addEventListener("click", (event) => move(...plot.position(event)));

  function drawRegions() {
    const curve = (points) => pathOf(pixels(points, x, y));
    const [[, right], [bottom, top]] = [view.al, view.mu];
    const edge = grid(bottom, top, 81).map((mu) => [2 * (1 + mu), mu]);
    assign(boundary, { d: curve(edge) });
    assign(diverging, { d: `${curve([...edge, [right, top], [right, bottom]])}Z` });
    assign(critical, { d: curve(grid(0, 2, 81).map((root) => [root ** 2, (1 - root) ** 2])) });
    const text = ([al, mu, content]) =>
      svg("text", { x: x(al), y: y(mu), "text-anchor": "middle" }, content);
    const onLines = facts.rates.filter((r) => r >= 0.4 && r <= 0.95).map((r) => [
      1,
      r * r - 0.013,
      number(r),
    ]);
    labels.replaceChildren(...[...regions, ...onLines].map(text));
  }

  return {
    layout(width) {
      const size = plot.resize(width, squareHeight(width));
      x = rootScale(view.al, [0, size.width]);
      y = scale(view.mu, [size.height, 0]);
      const ticks = width < 340 ? fewTicks : [0, 0.1, 0.3, 0.6, 1, 1.5, 2, 3, 4];
      drawAxes(
        plot,
        size,
        { map: x, ticks, label: "αλ（按平方根均匀）" },
        { map: y, ticks: linearTicks(...view.mu), label: "动量系数 μ" },
      );
      const height = (al, mu) => rate(Math.max(al, 0), clamp(mu, ...view.mu));
      drawContours(rates, size, height, x, y, facts.rates.toReversed(), 3);
      drawRegions();
    },
    draw(al, mu) {
      const text = `αλ = ${number(al)}，μ = ${number(mu)}，${region(al, mu)}`;
      place(x(al), y(mu), { now: mu, min: limits.mu[0], max: limits.mu[1], text });
    },
  };
}

// 在这一点从 x = 1 出发走一走：两种方法的误差，与各自预测的斜率。
export function decayChart(parent, { shown_steps: shownSteps, errors }) {
  const margin = { top: 26, right: 16, bottom: 42, left: 46 };
  const plot = frame(parent, { label: "误差随步数的变化", caption: "在这一点走一走", margin });
  const names = ["live-gd", "live-momentum"];
  const predicted = names.map((name) => plot.add("path", `live-path live-predicted ${name}`));
  const lines = names.map((name) => plot.add("path", `live-path live-curve ${name}`));
  bringForward(lines[0]);
  legend(plot.box, {
    "live-gd": "梯度下降",
    "live-momentum": "动量法",
    "live-mark-dotted": "预测的斜率",
  });
  let x, y;
  return {
    layout(width) {
      const size = plot.resize(width, squareHeight(width));
      x = scale([0, shownSteps], [0, size.width]);
      y = logScale(errors, [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: range(0, shownSteps / 20 + 1).map((k) => 20 * k), label: "步数 t" },
        { map: y, ticks: powerTicks(...errors, 7), format: decade, label: "误差 |x|" },
      );
    },
    draw(al, mu) {
      const curve = (values) =>
        pathOf(
          pixels(
            values.map((value, n) => [n, Math.max(value, errors[0] / 100)]),
            x,
            y,
          ),
        );
      [0, mu].forEach((momentum, k) => {
        const factor = rate(al, momentum);
        assign(lines[k], { d: curve(Array.from(simulate(al, momentum, shownSteps), Math.abs)) });
        assign(predicted[k], {
          d: curve(grid(0, shownSteps, shownSteps + 1).map((n) => factor ** n)),
        });
      });
    },
  };
}

// 加速比随 αλ 的变化；αλ > 2 时梯度下降发散，没有比值。
export function gainChart(parent, facts, { onPick }) {
  const margin = { top: 26, right: 12, bottom: 42, left: 46 };
  const caption = "动量法快几倍：梯度下降的步数 ÷ 动量法的步数";
  const plot = frame(parent, { label: "加速比随 αλ 的变化", caption, margin });
  const onlyMomentum = plot.add("rect", "live-diverging");
  const equal = plot.add("line", "live-reference");
  const limit = plot.add("line", "live-reference live-momentum");
  const curve = plot.add("path", "live-path live-momentum");
  const cursor = plot.add("line", "live-cursor");
  const here = plot.add("circle", "live-here", { r: 5 });
  const labels = plot.add("g", "live-labels");
  let size, x, y, gains, drawnMu;
  plot.root.addEventListener("click", (event) => onPick(x.invert(plot.position(event)[0])));
  return {
    layout(width) {
      size = plot.resize(width, clamp(Math.round(width * 0.38), 220, 270));
      x = logScale(facts.limits.al, [0, size.width]);
      y = logScale([1e-3, 300], [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: [1e-3, 0.01, 0.1, 1, 2], label: "αλ（对数轴）" },
        { map: y, ticks: [0.001, 0.01, 0.1, 1, 10, 100], label: "倍数" },
      );
      assign(onlyMomentum, { x: x(2), y: 0, width: size.width - x(2), height: size.height });
    },
    draw(al, mu) {
      const level = (value) => ({ x1: 0, x2: size.width, y1: y(value), y2: y(value) });
      const label = (al, value, dy, text) => svg("text", { x: x(al), y: y(value) + dy }, text);
      const most = 1 / (1 - mu);
      if (mu !== drawnMu) {
        const gainAt = (one) => plainSteps(one, facts) / settlingSteps(one, mu, facts);
        gains = gainGrid(mu, facts.gain_grid).map((one) => [one, gainAt(one)]);
        drawnMu = mu;
      }
      const gain = settlingSteps(al, 0, facts) / settlingSteps(al, mu, facts);
      const shown = gain > 0 && gain < Infinity;
      const through = shown ? [...gains, [al, gain]].sort(([a], [b]) => a - b) : gains;
      assign(curve, { d: pathOf(pixels(through, x, y)) });
      assign(equal, level(1));
      assign(limit, level(most));
      assign(cursor, { x1: x(al), x2: x(al), y1: 0, y2: size.height });
      assign(here, {
        cx: x(al),
        cy: shown ? y(gain) : 0,
        visibility: shown ? "visible" : "hidden",
      });
      labels.replaceChildren(
        label(1.2e-4, 1, 15, "一样快"),
        label(0.02, most, -6, `1/(1 − μ) = ${number(most)}`),
      );
    },
  };
}
