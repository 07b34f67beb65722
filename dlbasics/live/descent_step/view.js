// 走一步的画面：曲线、切线与抛物线，和损失的变化随学习率的图。每个零件是 { layout, draw }。
import {
  assign, clamp, drawAxes, frame, handle, legend, linearTicks, number, pathOf, pixels, scale, svg,
} from "../drawing/index.js";

const POINTS = 160;
const panelHeight = (width) => Math.round(clamp(width * 0.85, 270, 320));
const along = (low, high) =>
  Array.from({ length: POINTS + 1 }, (_, k) => low + ((high - low) * k) / POINTS);
const graph = (f, domain, x, y) => pathOf(pixels(along(...domain).map((z) => [z, f(z)]), x, y));

// 曲线上可以拖动的一点，与从它出发的一步。
export function curvePanel(parent, { onMove, onNudge }) {
  const margin = { top: 26, right: 8, bottom: 42, left: 34 };
  const plot = frame(parent, { label: "曲线与下一步", caption: "曲线上的一步：点可以拖动", margin });
  const tangent = plot.add("path", "live-path live-tangent");
  const curve = plot.add("path", "live-path live-shape");
  const parabola = plot.add("path", "live-path live-bound");
  const trace = plot.add("path", "live-path live-gd live-traced");
  const dots = plot.add("path", "live-dots live-gd live-traced");
  const step = plot.add("line", "live-step live-gd");
  const landing = plot.add("circle", "live-here live-gd", { r: 5 });
  legend(plot.box, {
    "live-mark-bound": "抛物线（曲率 L）",
    "live-mark-dotted": "切线",
    "live-mark-falls": "下一步",
    "live-mark-rises": "下一步（升高）",
  });
  let size, x, y;
  const place = handle(plot, {
    label: "曲线上的点",
    name: "live-gd",
    attributes: { "aria-orientation": "horizontal", "aria-roledescription": "曲线上的点" },
    onDrag: (px) => onMove(x.invert(px)),
    onArrow: onNudge,
  });
  plot.root.addEventListener("click", (event) => onMove(x.invert(plot.position(event)[0])));
  return {
    layout(width) {
      size = plot.resize(width, panelHeight(width));
    },
    draw({ half, view, land }, at) {
      x = scale([-half, half], [0, size.width]);
      y = scale(view, [size.height, 0]);
      const [xTicks, yTicks] = [linearTicks(-half, half), linearTicks(...view)];
      const [across, up] = [{ map: x, ticks: xTicks }, { map: y, ticks: yTicks }];
      drawAxes(plot, size, { ...across, label: "x" }, { ...up, label: "f(x)" });
      const domain = [-half, half];
      assign(curve, { d: graph((z) => land.loss(z), domain, x, y) });
      assign(parabola, { d: graph(at.parabola, domain, x, y) });
      assign(tangent, { d: graph((z) => at.height + at.slope * (z - at.x), domain, x, y) });
      const walked = pixels(at.path.map((z) => [z, land.loss(z)]), x, y);
      assign(trace, { d: pathOf(walked) });
      assign(dots, { d: walked.map((p) => `${pathOf([p])}h0`).join("") });
      const [[x1, y1], [x2, y2] = [x1, y1]] = pixels(
        [at.x, at.landing].map((z) => [z, land.loss(z)]),
        x,
        y,
      );
      const name = at.lower <= at.height ? "live-gd" : "live-rising";
      assign(step, { x1, y1, x2, y2, class: `live-step ${name}` });
      assign(landing, { cx: x2, cy: y2, class: `live-here ${name}` });
      const text = `x = ${number(at.x)}，f(x) = ${number(at.height)}`;
      const range = { now: at.x, min: -half, max: half };
      place(clamp(x1, 0, size.width), clamp(y1, 0, size.height), { ...range, text });
    },
  };
}

// 这一步让损失变了多少，随学习率怎样变：真的变化、抛物线的许诺，与 1/L、2/L。
export function changeChart(parent, { change_view: view }, { onPick }) {
  const margin = { top: 26, right: 12, bottom: 42, left: 46 };
  const caption = "换一个学习率，损失变多少";
  const plot = frame(parent, { label: "损失的变化随学习率的图", caption, margin });
  const zero = plot.add("line", "live-reference");
  const marks = [1, 2].map(() => plot.add("line", "live-mark-line"));
  const change = plot.add("path", "live-path live-shape");
  const promise = plot.add("path", "live-path live-bound");
  const here = plot.add("circle", "live-here live-gd", { r: 6 });
  const labels = plot.add("g", "live-labels");
  legend(plot.box, {
    "live-mark-shape": "真的变化",
    "live-mark-bound": "抛物线的许诺",
    "live-mark-here": "现在的学习率",
  });
  let size, x;
  plot.root.addEventListener("click", (event) => {
    const lr = x.invert(plot.position(event)[0]);
    if (lr > 0) onPick(Number(lr.toPrecision(3)));
  });
  return {
    layout(width) {
      size = plot.resize(width, panelHeight(width));
    },
    draw({ lr, bound }, at) {
      const domain = [0, Math.max(view.reach / bound, view.past * lr)];
      const values = [lr, 1 / bound, ...along(...domain)].flatMap((one) => [
        at.change(one),
        at.promise(one),
      ]);
      const lowest = Math.min(...values.filter(Number.isFinite));
      const deepest = Math.max(-lowest, 1e-9);
      x = scale(domain, [0, size.width]);
      const bottom = -view.below * deepest;
      const highest = clamp(view.above * at.change(lr), -bottom, view.most * deepest);
      const y = scale([bottom, highest], [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(...domain), label: "学习率" },
        { map: y, ticks: linearTicks(bottom, highest), label: "f(x⁺) − f(x)" },
      );
      assign(zero, { x1: 0, x2: size.width, y1: y(0), y2: y(0) });
      assign(promise, { d: graph(at.promise, domain, x, y) });
      assign(change, { d: graph(at.change, domain, x, y) });
      const [[cx, cy] = [0, -99]] = pixels([[lr, at.change(lr)]], x, y);
      assign(here, { cx, cy: clamp(cy, 6, size.height - 6) });
      labels.replaceChildren(
        ...marks.map((line, k) => {
          const px = x((k + 1) / bound);
          assign(line, { x1: px, x2: px, y1: 0, y2: size.height });
          const side = k ? { x: px + 4 } : { x: px - 4, "text-anchor": "end" };
          return svg("text", { ...side, y: 14 }, `${k + 1}/L`);
        }),
      );
    },
  };
}
