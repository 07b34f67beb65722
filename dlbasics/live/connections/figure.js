// 连接与权重：全连接、局部连接、参数共享，连着谁，用哪个权重。
import { convOutputSize } from "../arithmetic/convolution.js";
import {
  animate, buttons, clamp, html, markup, panelWidth, pressOne, readout, slider, stateOf, typeset,
} from "../drawing/index.js";
import { linesPanel, matrixPanel, subscript } from "./view.js";

export const STORIES = {
  dense: "每个输出连着全部输入，每条连接都有自己的权重。输出的个数取得和另外两种一样，好比较。",
  local: "每个输出只连着相邻的几个输入。连接少了，乘法也少了；权重仍然各是各的。",
  shared: "连线和局部连接一样多，乘法也没有少。少的是权重：同色的连接用同一个。这就是一维卷积。",
};
const ROWS = { connections: "连接", weights: "权重", biases: "偏置", multiplications: "乘法" };

// 第 row 行、第 column 列是输出到输入的连接用第几个权重；没有连接是 0。
export function weightNumbers(mode, kernel, inputs) {
  const own = { dense: inputs, local: kernel, shared: 0 }[mode];
  const reach = mode === "dense" ? inputs : kernel;
  return Array.from({ length: convOutputSize(inputs, kernel) }, (_, row) => {
    const start = mode === "dense" ? 0 : row;
    return Array.from({ length: inputs }, (_, column) => {
      const place = column - start;
      return place >= 0 && place < reach ? row * own + place + 1 : 0;
    });
  });
}

export function counts(mode, kernel, inputs) {
  const numbers = weightNumbers(mode, kernel, inputs);
  const connections = numbers.flat().filter((number) => number > 0).length;
  const biases = mode === "shared" ? 1 : numbers.length;
  const weights = Math.max(...numbers.flat());
  return { connections, weights, biases, multiplications: connections };
}

// 一个输出的算式。
export function formula(mode, kernel, output, inputs) {
  const row = weightNumbers(mode, kernel, inputs)[output - 1];
  const terms = row.flatMap((number, k) =>
    number ? [`${subscript("w", number)}${subscript("x", k + 1)}`] : [],
  );
  const bias = mode === "shared" ? "<var>b</var>" : subscript("b", output);
  return `${subscript("y", output)} = ${[...terms, bias].join(" + ")}`;
}

// 三种接法并排比较的表；现在的一列突出显示。
function table(parent, { modes, inputs }) {
  const cells = {};
  const head = html("tr", {}, html("th", {}, "个数"));
  const body = Object.entries(ROWS).map(([name, title]) =>
    html("tr", { "data-row": name }, html("th", { scope: "row" }, title)),
  );
  for (const [mode, title] of Object.entries(modes)) {
    const column = [html("th", { scope: "col" }, title), ...body.map(() => html("td"))];
    [head, ...body].forEach((row, k) => row.append(column[k]));
    cells[mode] = column;
  }
  parent.append(html("table", { class: "live-table" }, head, ...body));
  return (now) => {
    for (const [mode, column] of Object.entries(cells)) {
      const count = counts(mode, now.kernel, inputs);
      Object.keys(ROWS).forEach((name, k) => (column[k + 1].textContent = count[name]));
      for (const cell of column) cell.classList.toggle("live-now", mode === now.mode);
    }
  };
}

function menu(parent, { facts: { modes }, set }) {
  const rows = buttons(
    parent,
    "接法",
    Object.entries(modes).map(([mode, title]) => [title, () => set({ mode })]),
  );
  const story = parent.appendChild(html("div", { class: "live-story live-long" }));
  return ({ mode }) => {
    pressOne(rows, Object.keys(modes).indexOf(mode));
    story.replaceChildren(...typeset(STORIES[mode]));
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, set } = state;
  const { inputs, modes } = facts;
  const read = () => {
    const now = state.read();
    return { ...now, output: Math.min(now.output, convOutputSize(inputs, now.kernel)) };
  };
  const onOutput = (k) => {
    set({ output: clamp(k, 1, convOutputSize(inputs, read().kernel)) });
    return read().output;
  };
  const updateMenu = menu(el, state);
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const panels = [linesPanel(row, { onOutput }), matrixPanel(row, { onOutput })];
  const kernel = slider(el, {
    label: "窗口里有几个输入（核的大小）",
    limits: facts.limits.kernel,
    step: 1,
    onInput: (size) => set({ kernel: size }),
  });
  const updateTable = table(el, facts);
  const say = readout(el);

  return animate(model, el, {
    layout(width) {
      for (const panel of panels) panel.layout(panelWidth(width));
    },
    draw() {
      const now = read();
      const numbers = weightNumbers(now.mode, now.kernel, inputs);
      for (const panel of panels) panel.draw(numbers, now.output);
      kernel.set(now.kernel);
      for (const update of [updateMenu, updateTable]) update(now);
      const count = counts(now.mode, now.kernel, inputs);
      const { connections, weights, biases, multiplications } = count;
      const title = `${modes[now.mode]}：${connections} 条连接，${weights} 个权重`;
      say(`${title}，${biases} 个偏置，${multiplications} 次乘法`, [
        html("div", {}, html("span", {}, markup(formula(now.mode, now.kernel, now.output, inputs)))),
      ]);
    },
  });
}

export default { render };
