// 移动的图像的画面：可以拖动的图像，与它的特征图。每个零件是 { layout, draw }。
import { largestGap, sideOf } from "../arithmetic/shifting.js";
import { assign, frame, grey, handle, pixelGrid, signed, svg } from "../drawing/index.js";

const MARGIN = { top: 1, right: 1, bottom: 1, left: 1 };

// 画布的边长：格子是整数个像素，16、8、32 格都除得尽。
const canvasSide = (width) => Math.floor((width - 2) / 32) * 32;

function canvas(parent, label, caption, name) {
  const plot = frame(parent, { label, caption, margin: MARGIN });
  plot.box.classList.add(name);
  const resize = (width) => {
    const side = canvasSide(width);
    plot.resize(side + 2, side + 2);
    return side;
  };
  plot.add("rect", "live-back", { width: "100%", height: "100%" });
  return { plot, resize, paint: pixelGrid(plot.add("g", "live-cells")) };
}

// 图像 Tx：正中一半见方的一块就是把手，跟着图像走；虚线是它原来的地方。
export function imagePanel(parent, { onMove, onNudge }) {
  const { plot, resize, paint } = canvas(parent, "图像", "图像 Tx：可以拖动", "live-image");
  const home = plot.add("rect", "live-home", { rx: 6 });
  const body = svg("rect", { class: "live-object", rx: 6 });
  let side, cell;
  const steps = (pixel) => Math.round((pixel - side / 2) / cell);
  const place = handle(plot, {
    label: "图像的位置",
    name: "live-shift",
    shape: [body],
    attributes: { "aria-roledescription": "可以移动的图像" },
    onDrag: (px, py) => onMove(steps(py), steps(px)),
    onArrow: onNudge,
  });
  return {
    layout(width) {
      side = resize(width);
      const half = { width: side / 2, height: side / 2 };
      assign(home, { x: side / 4, y: side / 4, ...half });
      assign(body, { x: -side / 4, y: -side / 4, ...half });
    },
    draw(pixels, { dy, dx }, text) {
      const n = sideOf(pixels);
      cell = side / n;
      paint(pixels, cell, grey);
      const range = { now: -dy, min: -n / 2, max: n / 2 };
      place(side / 2 + dx * cell, side / 2 + dy * cell, { ...range, text });
    },
  };
}

// 特征图 f(Tx)：颜色的深浅以 f(x) 里最强的响应为准；与 T f(x) 不同的格子加框，最大值加圈。
export function mapPanel(parent) {
  const { plot, resize, paint } = canvas(parent, "特征图", "特征图 f(Tx)", "live-map");
  const wrong = plot.add("path", "live-wrong");
  const top = plot.add("circle", "live-top");
  let side;
  return {
    layout(width) {
      side = resize(width);
    },
    draw({ still, moved, expected }) {
      const n = sideOf(moved);
      const cell = side / n;
      const strongest = largestGap(still, still.map(() => 0));
      paint(moved, cell, (value) => signed(value, strongest));
      const inset = cell - 3;
      const frames = moved.map((value, k) => {
        if (value === expected[k]) return "";
        const [x, y] = [(k % n) * cell + 1.5, Math.floor(k / n) * cell + 1.5];
        return `M${x} ${y}h${inset}v${inset}h${-inset}z`;
      });
      assign(wrong, { d: frames.join("") });
      const k = moved.indexOf(Math.max(...moved));
      const [cx, cy] = [((k % n) + 0.5) * cell, (Math.floor(k / n) + 0.5) * cell];
      assign(top, { cx, cy, r: Math.max(cell * 0.7, 8) });
    },
  };
}
