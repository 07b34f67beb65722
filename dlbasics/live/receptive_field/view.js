// 感受野的画面：侧面看的一摞层，与照片上的方框。每个零件是 { layout, draw }。
import { assign, clamp, frame, handle, pathOf, photograph, svg } from "../drawing/index.js";
import { levelsOf, neuronsShown, paths, receptiveField } from "./arithmetic.js";

const HEIGHT = 310;

export const nameOf = ([kernel, , pool]) => `${pool ? "汇聚 " : ""}${kernel}×${kernel}`;

// 各层的神经元在画面上的位置：x(层, 第几个)、y(层)，与每层伞下的第一个 first[层]。
function geometry({ layers, neuron }, facts, { width, height }) {
  const levels = levelsOf(layers, neuronsShown(layers, facts));
  const top = levels.at(-1);
  const cell = width / levels[0].count;
  const x = (k, j) => cell * (0.5 + levels[k].offset + j * levels[k].jump);
  const y = (k) => height - 8 - (k / layers.length) * (height - 20);
  const side = clamp(cell * 0.72, 3, 14);
  const square = (k, j) => {
    const [left, upper] = [x(k, j) - side / 2, y(k) - side / 2];
    return `M${left.toFixed(1)} ${upper.toFixed(1)}h${side}v${side}h${-side}z`;
  };
  const first = levels.map(({ jump }) => ((neuron - 1) * top.jump) / jump);
  const nearest = (px) => Math.round((px / cell - 0.5 - top.offset) / top.jump) + 1;
  return { levels, top, x, y, square, first, nearest };
}

// 伞骨：每个够得着的神经元，连着下面的 kernel 个。
function ribs(layers, reached, { x, y, first }) {
  return layers.flatMap(([kernel, stride], k) =>
    reached[k + 1].flatMap((ways, j) => {
      const tip = [x(k + 1, first[k + 1] + j), y(k + 1)];
      const foot = (i) => [x(k, first[k] + j * stride + i), y(k)];
      const feet = Array.from({ length: ways ? kernel : 0 }, (_, i) => foot(i));
      return feet.map((end) => pathOf([tip, end]));
    }),
  );
}

// 够得着的神经元；输入那一排，路越多颜色越浓。
function lit(reached, { square, first }) {
  const most = Math.max(...reached[0]);
  return reached.flatMap((ways, k) =>
    ways.flatMap((one, j) => {
      const opacity = k ? 1 : 0.3 + (0.7 * one) / most;
      const d = square(k, first[k] + j);
      return one ? [svg("path", { d, "fill-opacity": opacity.toFixed(2) })] : [];
    }),
  );
}

// 左边是每层的名字，右边是这一层一个神经元的感受野。
function labels(layers, levels, y, { left, top, right, width }) {
  const text = (content, x, py, anchor) =>
    svg("text", { x, y: py, "text-anchor": anchor }, content);
  const end = left + width + right;
  return [
    text("感受野", end, 16, "end"),
    ...levels.flatMap(({ field }, k) => {
      const py = top + y(k) + 4;
      const name = text(k ? nameOf(layers[k - 1]) : "输入", 0, py, "start");
      const stride = k ? layers[k - 1][1] : 1;
      const below = stride > 1 ? [text(`步幅 ${stride}`, 0, py + 15, "start")] : [];
      return [name, ...below, text(String(field), end, py, "end")];
    }),
  ];
}

// 各层的神经元、从选中的神经元撑开的一把伞；顶层选中的那个可以左右拖动。
export function stackPanel(parent, facts, { onNeuron, onNudge }) {
  const margin = { top: 34, right: 44, bottom: 14, left: 58 };
  const plot = frame(parent, { label: "一摞层的侧面", caption: "从侧面看，每层一排", margin });
  plot.box.classList.add("live-stack");
  const fan = plot.add("path", "live-fan");
  const rest = plot.add("path", "live-rest");
  const seen = plot.add("g", "live-seen");
  let size, drawn;
  const place = handle(plot, {
    label: "顶层的神经元",
    name: "live-neuron",
    attributes: { "aria-orientation": "horizontal", "aria-roledescription": "滑块" },
    onDrag: (px) => onNeuron(drawn.nearest(px)),
    onArrow: onNudge,
  });
  plot.root.addEventListener("click", (event) => onNeuron(drawn.nearest(plot.position(event)[0])));

  return {
    layout(width) {
      size = plot.resize(width, HEIGHT);
    },
    draw(now) {
      const { layers, neuron } = now;
      const reached = paths(layers);
      drawn = geometry(now, facts, size);
      const { levels, top, x, y, square } = drawn;
      const every = levels.flatMap(({ count }, k) =>
        Array.from({ length: count }, (_, j) => square(k, j)),
      );
      assign(rest, { d: every.join("") });
      seen.replaceChildren(...lit(reached, drawn));
      assign(fan, { d: ribs(layers, reached, drawn).join("") });
      plot.axes.replaceChildren(...labels(layers, levels, y, { ...margin, ...size }));
      const text = `第 ${neuron} 个，共 ${top.count} 个`;
      const range = { now: neuron, min: 1, max: top.count, text };
      place(x(layers.length, neuron - 1), y(layers.length), range);
    },
  };
}

// 照片：一个像素当一个输入，方框是看得到的 r×r 个像素。
export function photoPanel(parent, facts, pixels) {
  const { widest } = facts;
  const margin = { top: 1, right: 1, bottom: 1, left: 1 };
  const plot = frame(parent, { label: "照片上看得到的像素", caption: "照片上看得到的", margin });
  plot.box.classList.add("live-photo");
  plot.add("rect", "live-back", { width: "100%", height: "100%" });
  const cells = plot.add("g", "live-cells");
  const halo = plot.add("rect", "live-halo");
  const field = plot.add("rect", "live-field");
  let cell;
  return {
    layout(width) {
      cell = Math.floor((width - 2) / widest);
      plot.resize(widest * cell + 2, widest * cell + 2);
      photograph(cells, pixels, cell);
    },
    draw({ layers, neuron }) {
      const size = receptiveField(layers);
      const [{ count }] = levelsOf(layers, neuronsShown(layers, facts));
      const jump = levelsOf(layers, 1).at(-1).jump;
      const x = Math.floor((widest - count) / 2) + (neuron - 1) * jump;
      const y = Math.floor((widest - size) / 2);
      const box = { x: x * cell, y: y * cell, width: size * cell, height: size * cell };
      assign(halo, box);
      assign(field, box);
    },
  };
}
