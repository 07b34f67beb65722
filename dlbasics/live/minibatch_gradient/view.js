// 小批量的画面：梯度的云、参数的路、损失。每个零件是 { layout, draw }。
import {
  assign, clamp, contourLevels, decade, drawAxes, drawContours, frame, handle, legend,
  linearTicks, logScale, number, pathOf, pixels, powerTicks, scale,
} from "../drawing/index.js";
import { mean } from "./arithmetic.js";

const MARGIN = { top: 26, right: 14, bottom: 42, left: 40 };
const METHODS = ["live-batch", "live-gd"];
const specks = (points, x, y) => pixels(points, x, y).map((p) => `${pathOf([p])}h0`).join("");

// 点在一根轴上的范围，略放宽。
function viewOf(points, axis) {
  const values = points.map((point) => point[axis]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return { middle: (low + high) / 2, length: 1.08 * (high - low) };
}

// 出发点处的梯度：每个样本一个灰点，每一批一个点；虚线圆的半径是方差的平方根。
export function cloudPanel(parent) {
  const plot = frame(parent, { label: "梯度的云", caption: "出发点 w 处的梯度", margin: MARGIN });
  const samples = plot.add("path", "live-dots live-sample");
  const drawn = plot.add("path", "live-dots live-batch");
  const ring = plot.add("circle", "live-expected");
  const full = plot.add("path", "live-path live-gd live-full");
  const middle = plot.add("path", "live-path live-shape");
  legend(plot.box, {
    "live-mark-sample": "一个样本",
    "live-mark-batch": "一批的平均",
    "live-gd live-solid": "全梯度",
    "live-mark-cross": "各批的平均",
    "live-mark-ring": "方差的平方根",
  });
  let size;
  return {
    layout(width) {
      const side = Math.min(width, 380) - MARGIN.left - MARGIN.right;
      size = plot.resize(width, Math.round(side * 0.85) + MARGIN.top + MARGIN.bottom);
    },
    draw({ each, full: [gx, gy], cloud, predicted }) {
      const [xs, ys] = [0, 1].map((axis) => viewOf([[0, 0], ...each], axis));
      const perPixel = Math.max(xs.length / size.width, ys.length / size.height);
      const domain = ({ middle }, pixels) => [-0.5, 0.5].map((t) => middle + t * perPixel * pixels);
      const [across, up] = [domain(xs, size.width), domain(ys, size.height)];
      const x = scale(across, [0, size.width]);
      const y = scale(up, [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(...across), label: "梯度的第一个分量" },
        { map: y, ticks: linearTicks(...up), label: "第二个分量" },
      );
      assign(samples, { d: specks(each, x, y) });
      assign(drawn, { d: specks(cloud, x, y) });
      assign(ring, { cx: x(gx), cy: y(gy), r: Math.sqrt(predicted) / perPixel });
      assign(full, { d: arrowTo([x(0), y(0)], [x(gx), y(gy)]) });
      const [[cx, cy] = [-99, -99]] = cloud.length ? pixels([mean(cloud)], x, y) : [];
      assign(middle, { d: `M${cx - 6} ${cy}h12M${cx} ${cy - 6}v12` });
    },
  };
}

function arrowTo([x, y], [tx, ty]) {
  const length = Math.hypot(tx - x, ty - y);
  if (length < 1) return "";
  const [ux, uy] = [(tx - x) / length, (ty - y) / length];
  const size = Math.min(8, length);
  const barb = (turn) => [tx - size * ux + turn * 0.6 * size * uy, ty - size * uy - turn * 0.6 * size * ux];
  return pathOf([[x, y], [tx, ty], barb(1)]) + pathOf([[tx, ty], barb(-1)]);
}

// 参数平面：损失的等高线，小批量与全部样本走的路；出发点可以拖动。
export function weightPanel(parent, { onMove, onNudge }) {
  const plot = frame(parent, {
    label: "参数走过的路",
    caption: "参数 w 的路：起点可以拖动",
    margin: MARGIN,
  });
  const contours = plot.add("g", "live-contours");
  const lines = METHODS.map((name) => plot.add("path", `live-path live-route ${name}`));
  const minimum = plot.add("path", "live-path live-shape");
  legend(plot.box, {
    "live-batch": "小批量",
    "live-gd": "全部样本",
    "live-mark-cross": "损失最小的地方",
  });
  let x, y, range;
  const move = (px, py) => onMove(x.invert(px), y.invert(py));
  const place = handle(plot, { label: "出发点 w", name: "live-gd", onDrag: move, onArrow: onNudge });
  plot.root.addEventListener("click", (event) => move(...plot.position(event)));
  return {
    layout(width, { view, levels, top, spread }, loss, least) {
      const side = Math.min(width, 380) - MARGIN.left - MARGIN.right;
      const size = plot.resize(width, Math.round(side * 0.85) + MARGIN.top + MARGIN.bottom);
      range = { min: view.y[0], max: view.y[1] };
      x = scale(view.x, [0, size.width]);
      y = scale(view.y, [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(...view.x), label: "w₁（左半边的墨）" },
        { map: y, ticks: linearTicks(...view.y), label: "w₂（右半边的墨）" },
      );
      drawContours(contours, size, loss, x, y, contourLevels(levels, least, top, spread), 6);
    },
    draw({ paths }, [mx, my]) {
      lines.forEach((line, k) => assign(line, { d: pathOf(pixels(paths[k], x, y)) }));
      assign(minimum, { d: "M-6 0H6M0 -6V6", transform: `translate(${x(mx)} ${y(my)})` });
      const [sx, sy] = paths[0][0];
      const text = `w₁ = ${number(sx)}，w₂ = ${number(sy)}`;
      place(x(sx), y(sy), { now: sy, ...range, text });
    },
  };
}

// 损失比最小值高多少，对数轴；横线是小批量后一半步的平均，也就是噪声地板。
export function excessChart(parent) {
  const caption = "损失比最小值高多少";
  const plot = frame(parent, { label: "损失随步数的变化", caption, margin: { ...MARGIN, top: 8, left: 46 } });
  const floor = plot.add("line", "live-reference live-batch");
  const lines = METHODS.map((name) => plot.add("path", `live-path live-route ${name}`));
  legend(plot.box, {
    "live-batch": "小批量",
    "live-gd": "全部样本",
    "live-batch live-mark-floor": "后一半的平均：噪声地板",
  });
  let size, x;
  const y = (pixel) => logScale([1e-6, 10], [size.height, 0])(Math.max(pixel, 1e-9));
  return {
    layout(width) {
      size = plot.resize(width, clamp(Math.round(width * 0.34), 210, 240));
    },
    draw({ excess, floor: height }) {
      const last = excess[0].length - 1;
      x = scale([0, last], [0, size.width]);
      const ticks = powerTicks(1e-6, 10, 7);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(0, last), label: "步数" },
        { map: y, ticks, format: decade },
      );
      lines.forEach((line, k) =>
        assign(line, { d: pathOf(pixels(excess[k].map((value, n) => [n, value]), x, y)) }),
      );
      assign(floor, { x1: x(last / 2), x2: size.width, y1: y(height), y2: y(height) });
    },
  };
}
