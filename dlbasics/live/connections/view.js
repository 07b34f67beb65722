// 连接与权重的画面：连线图与权重矩阵，同色是同一个权重。每个零件是 { layout, draw }。
import { assign, frame, onKeys, svg } from "../drawing/index.js";

const HEIGHT = 276;
const LABELS = { left: 30, top: 28 };

export const subscript = (name, number) => `<var>${name}</var><sub>${number}</sub>`;

// 画在 svg 里的 xₖ。
const symbol = (name, number, x, y) =>
  svg(
    "text",
    { class: "live-symbol", x, y, "text-anchor": "middle" },
    name,
    svg("tspan", { dy: 4, "font-size": 9 }, number),
  );

// 第 number 个权重的颜色：在冷色到暖色的色带上按次序排开。
const tint = (number, most) => `--live-place: ${(100 * (number - 1)) / Math.max(most - 1, 1)}%`;

const isMouse = (event) => event.pointerType === "mouse";

// 上排是输出，下排是输入；输出是一组单选：指着它、点它、用方向键都能选。
export function linesPanel(parent, { onOutput }) {
  const margin = { top: 0, right: 0, bottom: 0, left: 0 };
  const plot = frame(parent, { label: "连线图", caption: "连线：上面是输出，下面是输入", margin });
  plot.box.classList.add("live-wiring");
  const lines = plot.add("g", "live-lines");
  const inputs = plot.add("g", "live-nodes");
  const group = svg("g", { role: "radiogroup", "aria-label": "看哪个输出" });
  plot.overlay.append(group);
  let width, drawn;
  let [links, nodes] = [[], []];

  const node = (k) => {
    const one = svg(
      "g",
      { class: "live-nodes live-output-node", role: "radio" },
      svg("circle", { class: "live-grip", r: 22 }),
      svg("circle", { r: 15 }),
      symbol("y", k, 0, 3),
    );
    one.addEventListener("pointerenter", (event) => isMouse(event) && onOutput(k));
    one.addEventListener("click", () => onOutput(k));
    onKeys(one, (dx, dy) => nodes[onOutput(k + dx + dy) - 1].focus({ preventScroll: true }));
    return one;
  };

  // 输入、输出的个数或宽度变了，才重摆；连线一条条都在，没有连接的看不见。
  function arrange(rows, columns) {
    const step = width / columns;
    const x = (k, count) => step * (k + 0.5 + (columns - count) / 2);
    const [high, low] = [28, HEIGHT - 22];
    inputs.replaceChildren(
      ...Array.from({ length: columns }, (_, k) => [
        svg("circle", { cx: x(k, columns), cy: low, r: 15 }),
        symbol("x", k + 1, x(k, columns), low + 3),
      ]).flat(),
    );
    links = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) =>
        svg("line", { x1: x(row, rows), y1: high, x2: x(column, columns), y2: low }),
      ),
    );
    lines.replaceChildren(...links.flat());
    nodes = Array.from({ length: rows }, (_, k) => node(k + 1));
    nodes.forEach((one, k) => assign(one, { transform: `translate(${x(k, rows)} ${high})` }));
    group.replaceChildren(...nodes);
  }

  return {
    layout(each) {
      width = each;
      drawn = "";
      plot.resize(width, HEIGHT);
    },
    draw(numbers, output) {
      const most = Math.max(...numbers.flat());
      if (drawn !== String(numbers.length)) {
        drawn = String(numbers.length);
        arrange(numbers.length, numbers[0].length);
      }
      numbers.forEach((row, r) => {
        const strong = r === output - 1;
        row.forEach((number, c) => {
          const name = number ? (strong ? "live-strong" : "live-weak") : "live-none";
          assign(links[r][c], { class: `live-weight ${name}`, style: tint(number || 1, most) });
        });
        const [from, to] = [row.findIndex(Boolean) + 1, row.findLastIndex(Boolean) + 1];
        assign(nodes[r], {
          "aria-checked": strong,
          tabindex: strong ? 0 : -1,
          "aria-label": `输出 y${r + 1}：连着输入 ${from === to ? from : `${from} 到 ${to}`}`,
        });
      });
    },
  };
}

// 权重矩阵：一行是一个输出，一格是一条连接，格里写着第几个权重；空格是没有连接。
export function matrixPanel(parent, { onOutput }) {
  const margin = { top: 0, right: 0, bottom: 0, left: 0 };
  const caption = "权重矩阵：同色、同号是同一个权重";
  const plot = frame(parent, { label: "权重矩阵", caption, margin });
  plot.box.classList.add("live-wiring");
  const cells = plot.add("g", "live-cells");
  const around = plot.add("rect", "live-row");
  let width, height, count;
  const pick = (event) => {
    const row = Math.floor((plot.position(event)[1] - LABELS.top) / height) + 1;
    if (row >= 1 && row <= count) onOutput(row);
  };
  plot.root.addEventListener("pointermove", (event) => isMouse(event) && pick(event));
  plot.root.addEventListener("click", pick);
  return {
    layout(each) {
      width = each;
      plot.resize(width, HEIGHT);
    },
    draw(numbers, output) {
      const most = Math.max(...numbers.flat());
      const columns = numbers[0].length;
      count = numbers.length;
      const across = Math.floor((width - LABELS.left) / columns);
      height = Math.floor((HEIGHT - LABELS.top) / columns);
      const place = (r, c) => ({ x: LABELS.left + c * across, y: LABELS.top + r * height });
      const cell = (number, r, c) => {
        const { x, y } = place(r, c);
        const name = number ? "live-weight live-cell" : "live-empty";
        const box = { class: name, x, y, width: across, height, style: tint(number || 1, most) };
        const text = { class: "live-number", x: x + across / 2, y: y + height / 2 + 5 };
        return [svg("rect", box), ...(number ? [svg("text", text, String(number))] : [])];
      };
      const heads = numbers[0].map((_, c) =>
        symbol("x", c + 1, LABELS.left + (c + 0.5) * across, 16),
      );
      const sides = numbers.map((_, r) => symbol("y", r + 1, 13, place(r, 0).y + height / 2 + 4));
      const filled = numbers.flatMap((row, r) => row.flatMap((number, c) => cell(number, r, c)));
      cells.replaceChildren(...filled, ...heads, ...sides);
      assign(around, { ...place(output - 1, 0), width: across * columns, height });
    },
  };
}
