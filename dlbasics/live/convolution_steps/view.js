// 卷积一步一步的画面：输入与输出两张格子图，和“窗口 × 核 = 乘积”三个九宫格。
import {
  assign, clamp, decimal, frame, handle, html, onKeys, pixelGrid, range, signed, svg,
} from "../drawing/index.js";

const MARGIN = { top: 18, right: 2, bottom: 2, left: 42 };
const FINGER = 44;
const WIDEST = 380;

const inked = (darkest) => (value) => ["live-inked", value / darkest];

const boxPath = (row, column, size) => `M${column} ${row}h${size}v${size}h${-size}z`;

// 从第几格到第几格；补零的格子编号小于 0 或超出图。
const span = (first, count) =>
  count > 1 ? `${decimal(first)}…${decimal(first + count - 1)}` : decimal(first);

// 一张格子图：方框盖住 extent×extent 格；拖动它，或点一处，就报告它的左上角该在第几行第几列。
function gridPanel(parent, { label, extent, onPlace, onNudge }) {
  const plot = frame(parent, { label, caption: label, margin: MARGIN });
  const sheet = plot.add("g", "live-sheet");
  const layer = (tag, name) => sheet.appendChild(svg(tag, { class: name }));
  const [ring, paper] = [layer("rect", "live-ring-of-zeros"), layer("rect", "live-back")];
  const paint = pixelGrid(layer("g", "live-cells"));
  const [lines, twins] = [layer("path", "live-gridlines"), layer("path", "live-twins")];
  const shape = ["live-grip", "live-frame"].map((name) => svg("rect", { class: name }));
  const [top, left] = ["middle", "end"].map((anchor) =>
    plot.axes.appendChild(svg("text", { "text-anchor": anchor })),
  );
  let [cell, origin] = [1, 0];
  const index = (pixel) => Math.round(pixel / cell - origin - extent / 2);
  const placeAt = (x, y) => onPlace(index(y), index(x));
  const place = handle(plot, {
    label: `${label}上的方框`,
    name: "live-window",
    shape,
    onDrag: placeAt,
    onArrow: onNudge,
  });
  plot.root.addEventListener("click", (event) => placeAt(...plot.position(event)));

  return {
    setCaption: (text) => plot.box.querySelector(".live-caption").replaceChildren(text),
    resize(width) {
      plot.resize(width, width - MARGIN.left - MARGIN.right + MARGIN.top + MARGIN.bottom);
      return width - MARGIN.left - MARGIN.right;
    },
    // 图的第 0 格离画布左边 start 格；四周另有 zeros 圈 0。
    paint(values, { side, start, zeros = 0, shade }) {
      [cell, origin] = [side, start];
      const [n, outer] = [values.length * cell, (values.length + 2 * zeros) * cell];
      const steps = range(-zeros, values.length + zeros + 1).map((k) => k * cell);
      const [first, last] = [steps[0], steps.at(-1)];
      assign(sheet, { transform: `translate(${start * cell} ${start * cell})` });
      assign(ring, { x: first, y: first, width: outer, height: outer });
      assign(paper, { width: n, height: n });
      assign(lines, {
        d: steps.map((s) => `M${first} ${s}H${last}M${s} ${first}V${last}`).join(""),
      });
      paint(values.flat(), cell, shade);
      shape.forEach((node, k) => {
        const size = k ? extent * cell : Math.max(extent * cell, FINGER);
        assign(node, { x: -size / 2, y: -size / 2, width: size, height: size });
      });
    },
    // 方框放到（row, column），others 是另外要圈出来的位置。
    mark({ row, column, others, now, max, text }) {
      const at = (k) => (k + origin + extent / 2) * cell;
      place(at(column), at(row), { now, min: 0, max, text });
      const size = extent * cell;
      assign(twins, { d: others.map(([r, c]) => boxPath(r * cell, c * cell, size)).join("") });
      assign(top, { x: MARGIN.left + at(column), y: 13 });
      assign(left, { x: MARGIN.left - 4, y: MARGIN.top + at(row) + 4 });
      top.textContent = span(column, extent);
      left.textContent = span(row, extent);
    },
  };
}

// 输入与输出，左右并排，格子一样大：步幅 1 时两边的方框在同样的地方。
export function maps(parent, { darkest, onWindow, onCell, onNudge }) {
  const row = html("div", { class: "live-pair" });
  parent.append(row);
  const input = gridPanel(row, { label: "输入", extent: 3, onPlace: onWindow, onNudge });
  const output = gridPanel(row, { label: "输出", extent: 1, onPlace: onCell, onNudge });
  let inner;
  return {
    layout(width) {
      const each = Math.min(Math.floor((width - 12) / 2), WIDEST);
      input.resize(each);
      inner = output.resize(each);
    },
    draw({ pixels, stride, padding, row, column }, { output: values, twins, shown }) {
      const side = inner / (pixels.length + 2 * padding);
      const strongest = Math.max(1e-9, ...values.flat().map(Math.abs));
      const visible = values.map((line, i) =>
        line.map((value, j) => (i * line.length + j <= shown ? value : 0)),
      );
      const corner = (k) => k * stride - padding;
      const max = values.length - 1;
      const text = `第 ${row} 行，第 ${column} 列`;
      input.setCaption(`输入 ${pixels.length}×${pixels.length}`);
      output.setCaption(`输出 ${values.length}×${values.length}`);
      input.paint(pixels, { side, start: padding, zeros: padding, shade: inked(darkest) });
      output.paint(visible, { side, start: 1, shade: (value) => signed(value, strongest) });
      input.mark({
        row: corner(row),
        column: corner(column),
        others: twins.map((place) => place.map(corner)),
        now: row,
        max,
        text: `窗口：${text}`,
      });
      output.mark({ row, column, others: twins, now: row, max, text });
    },
  };
}

const LONGEST = 5;
const short = (value) => {
  const text = decimal(value);
  return text.length > LONGEST ? decimal(Number(value.toPrecision(3))) : text;
};

function nine(parent, title, name) {
  const cells = range(0, 9).map(() => html("span"));
  const box = html("div", { class: `live-nine ${name}` }, html("b", {}, title), ...cells);
  parent.append(box);
  return cells;
}

// 核的九格：左右键换一格，上下键加减 1，也可以直接键入数字。
function editable(cells, { limits: [least, most], onPick, onWeight }) {
  let typed = "";
  let weights = [];
  const change = (k, value) => {
    const changed = Number(clamp(value, least, most).toFixed(4));
    weights = weights.map((old, i) => (i === k ? changed : old));
    onWeight(k, changed);
  };
  const pick = (k) => {
    typed = "";
    onPick(k);
    cells[k].focus();
  };
  cells.forEach((node, k) => {
    assign(node, { role: "spinbutton", "aria-valuemin": least, "aria-valuemax": most });
    assign(node, { "aria-label": `权重，第 ${Math.floor(k / 3)} 行第 ${k % 3} 列` });
    node.addEventListener("click", () => pick(k));
    node.addEventListener("blur", () => (typed = ""));
    onKeys(node, (dx, dy) => {
      if (dx) return pick(clamp(k + dx, 0, 8));
      typed = "";
      change(k, weights[k] + dy);
    });
    node.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (!/^([-.\d]|Backspace|Delete)$/.test(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      typed = event.key.length > 1 ? "" : (typed + event.key).slice(0, 7);
      const value = Number(typed);
      if (Number.isFinite(value)) change(k, value);
      else if (!/^-?\.?$/.test(typed)) typed = "";
    });
  });
  return (now, chosen) => {
    weights = now;
    const strongest = Math.max(1e-9, ...now.map(Math.abs));
    cells.forEach((node, k) => {
      const [name, opacity] = signed(now[k], strongest);
      node.className = k === chosen ? `${name} live-chosen` : name;
      node.style.setProperty("--live-share", `${Math.round(55 * opacity)}%`);
      node.textContent = short(now[k]);
      assign(node, { tabindex: k === chosen ? 0 : -1, "aria-valuenow": now[k] });
      assign(node, { "aria-valuetext": decimal(now[k]) });
    });
  };
}

// 窗口 × 核 = 乘积：三个九宫格。
export function products(parent, { darkest, limits, onPick, onWeight }) {
  const row = html("div", { class: "live-products" });
  parent.append(row);
  const sign = (text) => row.append(html("i", { "aria-hidden": "true" }, text));
  const window = nine(row, "窗口", "");
  sign("×");
  const update = editable(nine(row, "核", "live-editable"), { limits, onPick, onWeight });
  sign("=");
  const terms = nine(row, "乘积", "");
  return (values, weights, chosen) => {
    update(weights, chosen);
    values.forEach((value, k) => {
      window[k].textContent = short(value);
      window[k].style.setProperty("--live-share", `${Math.round((45 * value) / darkest)}%`);
      terms[k].textContent = short(value * weights[k]);
    });
  };
}
