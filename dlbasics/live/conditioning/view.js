// 条件数的画面：碗里的路与两个方向，和两个方向的误差。每个零件是 { layout, draw }。
import {
  assign, clamp, contourLevels, decade, drawAxes, drawContours, frame, handle, legend,
  linearTicks, logScale, number, pathOf, pixels, powerTicks, scale,
} from "../drawing/index.js";

const ARROW = 64;
const MARGIN = { top: 26, right: 14, bottom: 42, left: 46 };
const WIDEST = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

// 从 from 朝 direction 走 ARROW 个像素的箭头；没有方向就什么也不画。
function arrow([x, y], [dx, dy]) {
  const length = Math.hypot(dx, dy);
  if (!length) return "";
  const [ux, uy] = [dx / length, dy / length];
  const [tx, ty] = [x + ARROW * ux, y + ARROW * uy];
  const barb = (turn) => `${(tx - 9 * ux + turn * 5 * uy).toFixed(1)} ${(ty - 9 * uy - turn * 5 * ux).toFixed(1)}`;
  return `${pathOf([[x, y], [tx, ty]])}M${barb(1)}L${tx.toFixed(1)} ${ty.toFixed(1)}L${barb(-1)}`;
}

// 两根轴的单位一样长，角度看上去就是真的；出发点可以拖动。
export function bowlPanel(parent, { onMove, onNudge }) {
  const plot = frame(parent, { label: "碗里的路", caption: "碗里的路：起点可以拖动", margin: MARGIN });
  const contours = plot.add("g", "live-contours");
  const minimum = plot.add("path", "live-path live-shape");
  const route = plot.add("path", "live-path live-gd");
  const dots = plot.add("path", "live-dots live-gd");
  const home = plot.add("path", "live-path live-tangent live-toward");
  const down = plot.add("path", "live-path live-shape live-toward");
  legend(plot.box, {
    "live-mark-shape": "负梯度的方向",
    "live-mark-dotted": "谷底的方向",
  });
  let size, x, y, range;
  const move = (px, py) => onMove(x.invert(px), y.invert(py));
  const place = handle(plot, { label: "出发点", name: "live-gd", onDrag: move, onArrow: onNudge });
  plot.root.addEventListener("click", (event) => move(...plot.position(event)));
  return {
    layout(width, land, { wide, tall, levels, spread }) {
      const across = width - MARGIN.left - MARGIN.right;
      size = plot.resize(width, Math.round((across * tall) / wide) + MARGIN.top + MARGIN.bottom);
      range = { min: -tall, max: tall };
      x = scale([-wide, wide], [0, size.width]);
      y = scale([-tall, tall], [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(-wide, wide), label: "x₁" },
        { map: y, ticks: linearTicks(-tall, tall), label: "x₂" },
      );
      const heights = contourLevels(levels, 0, land.loss(wide, tall), spread);
      drawContours(contours, size, land.loss, x, y, heights, 4);
      assign(minimum, { d: "M-6 0H6M0 -6V6", transform: `translate(${x(0)} ${y(0)})` });
    },
    draw(path, [gx, gy]) {
      const points = pixels(path, x, y);
      assign(route, { d: pathOf(points) });
      assign(dots, { d: points.map((p) => `${pathOf([p])}h0`).join("") });
      const [sx, sy] = path[0];
      assign(down, { d: arrow(points[0], [-gx, gy]) });
      assign(home, { d: arrow(points[0], [-sx, sy]) });
      const text = `x₁ = ${number(sx)}，x₂ = ${number(sy)}`;
      place(x(sx), y(sy), { now: sy, ...range, text });
    },
  };
}

// 两个方向的误差 |1 − lr·λ|ᵗ；横轴刚好放得下误差小于 tolerance 的步数。
export function modesChart(parent, { errors, tolerance, diverging_steps: whenDiverging }) {
  const caption = "两个方向的误差";
  const plot = frame(parent, { label: "两个方向的误差", caption, margin: MARGIN });
  const goal = plot.add("line", "live-reference");
  const arrival = plot.add("line", "live-cursor");
  const lines = ["live-steep", "live-gentle"].map((name) =>
    plot.add("path", `live-path live-mode ${name}`),
  );
  legend(plot.box, { "live-gentle": "平缓：λ = 1", "live-steep": "陡峭：λ = κ" });
  let size;
  return {
    layout(width) {
      size = plot.resize(width, Math.round(clamp(width * 0.8, 270, 320)));
    },
    draw({ rates: [gentle, steep], steps }) {
      const wanted = steps === Infinity ? whenDiverging : steps;
      const most = WIDEST.find((one) => one >= wanted) ?? WIDEST.at(-1);
      const x = scale([0, most], [0, size.width]);
      const y = logScale(errors, [size.height, 0]);
      drawAxes(
        plot,
        size,
        { map: x, ticks: linearTicks(0, most), label: "步数 t" },
        { map: y, ticks: powerTicks(...errors, 4), format: decade, label: "|1 − lr·λ|ᵗ" },
      );
      // 对数轴上是直线，画到下边为止，两点就够。
      [steep, gentle].forEach((factor, k) => {
        const gone = Math.log(errors[0]) / Math.log(factor);
        const n = factor < 1 ? clamp(gone, 1, most) : most;
        assign(lines[k], { d: pathOf(pixels([[0, 1], [n, factor ** n]], x, y)) });
      });
      assign(goal, { x1: 0, x2: size.width, y1: y(tolerance), y2: y(tolerance) });
      const px = steps === Infinity ? -99 : x(steps);
      assign(arrival, { x1: px, x2: px, y1: 0, y2: size.height });
    },
  };
}
