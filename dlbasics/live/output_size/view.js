// 输出有多大的画面：一行像素，下面一行一个窗口，最下面是输出。
import { frame, range, svg } from "../drawing/index.js";

const MARGIN = { top: 8, right: 8, bottom: 8, left: 44 };
const [CELL, BAR, ROOM] = [26, 10, 234];
const WIDEST = 46;
const BELOW = CELL + ROOM;

// 画布上的尺子：第几格在几个像素处；放不下时格子变窄，窄到 5 像素以下就不留缝。
function ruler(inner, { size, kernel, padding }) {
  const total = Math.max(size + 2 * padding, kernel);
  const unit = Math.min(WIDEST, inner / total);
  const gap = unit >= 5 ? 1 : 0;
  const x = (cell) => (inner - total * unit) / 2 + (cell + padding) * unit;
  return {
    unit,
    x,
    centre: (start, wide) => x(start + wide / 2) - gap / 2,
    rect: (name, start, y, wide, height) =>
      svg("rect", { class: name, x: x(start), y, width: wide * unit - gap, height }),
  };
}

function pixelsOf({ rect, centre, unit }, { size, padding }, unseen) {
  const kind = (cell) => {
    if (cell < 0 || cell >= size) return "live-zero";
    return unseen.includes(cell) ? "live-unseen" : "live-pixel";
  };
  const arm = Math.min(5, unit / 3);
  const cross = (cell) => {
    const [left, top, across] = [centre(cell, 1) - arm, CELL / 2 - arm, 2 * arm];
    const d = `M${left} ${top}l${across} ${across}m0 ${-across}l${-across} ${across}`;
    return svg("path", { class: "live-cross", d });
  };
  const cells = range(-padding, size + padding).map((cell) => rect(kind(cell), cell, 0, 1, CELL));
  return [...cells, ...unseen.map(cross)];
}

// 一行一个窗口，从正中垂下一条线，指向它的输出。
function windowsOf({ rect, centre, x }, { size, kernel, padding }, starts, shown) {
  const pitch = Math.min(40, (ROOM - 18) / shown.length);
  return shown.flatMap((k, row) => {
    const y = CELL + 14 + row * pitch;
    const hidden = `……略去 ${starts.length - shown.length + 1} 个`;
    if (k === null) return svg("text", { x: x(-padding), y: y + BAR }, hidden);
    const [start, middle] = [starts[k], centre(starts[k], kernel)];
    const drop = { x1: middle, x2: middle, y1: y + BAR, y2: BELOW };
    const name = start + kernel <= 0 || start >= size ? "live-blind" : "live-span";
    return [svg("line", { class: "live-drop", ...drop }), rect(name, start, y, kernel, BAR)];
  });
}

function outputsOf({ rect, centre, unit }, { kernel }, starts) {
  return starts.flatMap((start, k) => {
    const cell = rect("live-out", start + (kernel - 1) / 2, BELOW, 1, CELL);
    const place = { x: centre(start, kernel), y: BELOW + 17, "text-anchor": "middle" };
    return unit < 18 ? cell : [cell, svg("text", place, k)];
  });
}

export function chart(parent) {
  const plot = frame(parent, { label: "像素、窗口与输出", margin: MARGIN });
  const scene = plot.add("g", "live-sizes");
  const words = { 输入: CELL / 2, 窗口: CELL + 20, 输出: BELOW + CELL / 2 };
  for (const [word, y] of Object.entries(words)) {
    const place = { x: MARGIN.left - 8, y: MARGIN.top + y + 4, "text-anchor": "end" };
    plot.axes.append(svg("text", place, word));
  }
  let inner;
  return {
    layout(width) {
      inner = plot.resize(width, BELOW + CELL + MARGIN.top + MARGIN.bottom).width;
    },
    // shown 是画出来的窗口的编号，null 是略去的一段。
    draw(now, { starts, unseen }, shown) {
      const line = ruler(inner, now);
      const pixels = pixelsOf(line, now, unseen);
      const tooWide = line.rect("live-too-wide", -now.padding, CELL + 14, now.kernel, BAR);
      const fitting = [...windowsOf(line, now, starts, shown), ...outputsOf(line, now, starts)];
      scene.replaceChildren(...pixels, ...(starts.length ? fitting : [tooWide]));
    },
  };
}
