// 动量竞走的画面：地形图与损失曲线。每个零件是 { layout, draw }。
import {
  assign, bringForward, clamp, contourLevels, decade, drawAxes, drawContours, frame, handle,
  linearTicks, logScale, number, pathOf, pixels, powerTicks, scale, svg,
} from "../drawing/index.js";

// 一种方法的地形图：等高线、走过的路、当前位置上的两股力、可拖动的起点。
export function pathPanel(parent, { title, name, onMove, onNudge }) {
  const margin = { top: 6, right: 6, bottom: 24, left: 34 };
  const plot = frame(parent, { label: `${title}的路线`, caption: title, name, margin });
  const contours = plot.add("g", "live-contours");
  const minima = plot.add("g", "live-minima");
  const whole = plot.add("path", "live-path live-faint");
  const walked = plot.add("path", "live-path");
  const dots = plot.add("path", "live-dots");
  const forces = plot.add("g", "live-forces");
  const here = plot.add("circle", "live-here", { r: 5 });
  let x, y, range;
  const move = (px, py) => onMove(x.invert(px), y.invert(py));
  const place = handle(plot, { label: `${title}的起点`, name, onDrag: move, onArrow: onNudge });
  plot.root.addEventListener("click", (event) => move(...plot.position(event)));

  // 惯性 μv 与梯度 −αg 首尾相接，就是下一步。
  function drawForces([px, py], [ix, iy], [gx, gy]) {
    const line = (className, x1, y1, x2, y2) =>
      svg("line", { class: className, x1: x(x1), y1: y(y1), x2: x(x2), y2: y(y2) });
    forces.replaceChildren(
      line("live-inertia", px, py, px + ix, py + iy),
      line("live-push", px + ix, py + iy, px + ix + gx, py + iy + gy),
    );
  }

  return {
    layout(width, { x: xView, y: yView, top, spread }, land, levels) {
      const size = plot.resize(width, Math.round((width - margin.left) * 0.75));
      range = { min: yView[0], max: yView[1] };
      x = scale(xView, [0, size.width]);
      y = scale(yView, [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(...xView) },
        { map: y, ticks: linearTicks(...yView) },
      );
      const lowest = land.loss(...land.minima[0]);
      drawContours(contours, size, land.loss, x, y, contourLevels(levels, lowest, top, spread));
      minima.replaceChildren(
        ...land.minima.map(([a, b]) =>
          svg("path", { d: "M-5 0H5M0 -5V5", transform: `translate(${x(a)} ${y(b)})` }),
        ),
      );
    },
    draw(path, { step, lr, mu }, land) {
      const points = pixels(path.x, x, y);
      const past = points.slice(0, step + 1);
      const [px, py] = past.at(-1);
      assign(whole, { d: pathOf(points) });
      assign(walked, { d: pathOf(past) });
      assign(dots, { d: past.map((p) => `${pathOf([p])}h0`).join("") });
      assign(here, { cx: px, cy: py });
      forces.replaceChildren();
      if (past.length > step) {
        const push = land.grad(...path.x[step]).map((g) => -lr * g);
        drawForces(
          path.x[step],
          path.v[step].map((v) => mu * v),
          push,
        );
      }
      const [sx, sy] = path.x[0];
      const text = `x = ${number(sx)}，y = ${number(sy)}`;
      place(x(sx), y(sy), { now: sy, ...range, text });
    },
  };
}

// 两种方法的损失，对数轴；点一下就看那一步。
export function lossChart(parent, { decades: [least, most] }, { methods, onStep }) {
  const margin = { top: 26, right: 16, bottom: 40, left: 44 };
  const plot = frame(parent, { label: "损失随步数的变化", margin });
  const cursor = plot.add("line", "live-cursor");
  const lines = methods.map(({ name }) => plot.add("path", `live-path live-curve ${name}`));
  bringForward(lines[0]);
  let size, x;
  plot.root.addEventListener("click", (event) =>
    onStep(Math.round(x.invert(plot.position(event)[0]))),
  );
  return {
    layout(width) {
      size = plot.resize(width, clamp(Math.round(width * 0.34), 190, 240));
    },
    draw(paths, { steps, step }, lowest) {
      const excess = paths.map(({ loss }) => loss.map((value) => value - lowest));
      const visible = excess.flat().filter((value) => value > 0 && value < Infinity);
      const high = clamp(Math.ceil(Math.log10(Math.max(...visible))), -1, most);
      const low = clamp(Math.floor(Math.log10(Math.min(...visible))), least, high - 2);
      const [bottom, top] = [10 ** low, 10 ** high];
      x = scale([0, steps], [0, size.width]);
      const y = logScale([bottom, top], [size.height, 0]);
      const ticks = powerTicks(bottom, top);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(0, steps), label: "步数 t" },
        { map: y, ticks, format: decade, label: "损失 − 最小值" },
      );
      lines.forEach((line, k) => {
        const points = excess[k].map((value, n) => [n, value <= 0 ? bottom / 10 : value]);
        assign(line, { d: pathOf(pixels(points, x, y)) });
      });
      assign(cursor, { x1: x(step), x2: x(step), y1: 0, y2: size.height });
    },
  };
}
