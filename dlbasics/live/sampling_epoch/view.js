// 一轮怎么抽的画面：每个样本一个格子，与这一批的成分。每个零件是 { layout, draw }。
import { assign, frame, svg } from "../drawing/index.js";

const LEFT = 52;
const [CELL, GAP] = [27, 4];
const MARGIN = { top: 1, right: 2, bottom: 1, left: LEFT };

const rowLabels = (classes) =>
  Array.from({ length: classes }, (_, label) =>
    svg("text", { x: LEFT - 10, y: label * CELL + 18, "text-anchor": "end" }, `第 ${label} 类`),
  );

// 一行是一类，一个格子是一个样本：越浓用得越多，两次起写出次数，框出刚走过的一批。
export function visitsGrid(parent, { classes }) {
  const plot = frame(parent, { label: "各个样本", caption: "这一轮用到几次", margin: MARGIN });
  plot.box.classList.add("live-visits");
  plot.axes.append(...rowLabels(classes));
  const squares = plot.add("g", "");
  const labels = plot.add("g", "live-counts");
  let width;
  return {
    layout(full) {
      width = plot.resize(full, classes * CELL + 2).width;
    },
    draw({ each }, { visits, current }) {
      const step = Math.min(width / each, CELL);
      const chosen = new Set(current);
      const corner = (k) => [(k % each) * step + GAP / 2, Math.floor(k / each) * CELL + GAP / 2];
      squares.replaceChildren(
        ...visits.map((count, k) => {
          const [x, y] = corner(k);
          const name = `live-visit live-visit-${Math.min(count, 3)}`;
          return svg("rect", {
            class: chosen.has(k) ? `${name} live-drawn` : name,
            rx: 3,
            width: step - GAP,
            height: CELL - GAP,
            x,
            y,
          });
        }),
      );
      labels.replaceChildren(
        ...visits.flatMap((count, k) => {
          const [x, y] = corner(k);
          const place = { x: x + (step - GAP) / 2, y: y + 16, "text-anchor": "middle" };
          return count > 1 ? [svg("text", place, count)] : [];
        }),
      );
    },
  };
}

// 刚走过的一批里各类有几个；虚线是全体的比例。
export function compositionChart(parent, { classes }) {
  const plot = frame(parent, { label: "这一批的成分", caption: "这一批里各类有几个", margin: MARGIN });
  plot.box.classList.add("live-visits");
  plot.axes.append(...rowLabels(classes));
  const bars = Array.from({ length: classes }, (_, label) =>
    plot.add("rect", "live-share-bar", { x: 0, y: label * CELL + 5, height: CELL - 10, rx: 2 }),
  );
  const fair = plot.add("line", "live-reference", { y1: 0, y2: classes * CELL });
  const counts = Array.from({ length: classes }, (_, label) =>
    plot.add("text", "live-share-count", { y: label * CELL + 18 }),
  );
  let width;
  return {
    layout(full) {
      width = plot.resize(full, classes * CELL + 2).width;
    },
    draw({ batch, each }, { current, composition }) {
      const unit = (width - 30) / Math.max(2, Math.min(batch, each));
      composition.forEach((count, label) => {
        const length = Math.min(count * unit, width - 24);
        assign(bars[label], { width: length });
        assign(counts[label], { x: length + 6 });
        counts[label].textContent = count || "";
      });
      const x = (current.length / classes) * unit;
      assign(fair, { x1: x, x2: x, visibility: current.length ? "visible" : "hidden" });
    },
  };
}
