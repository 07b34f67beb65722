// 画布：带边距的坐标轴，与能用手拖动的点。
import { assign, html, number, onKeys, svg, typeset } from "./kit.js";

// 一块画布。内层是嵌套的 svg，会自动裁剪；坐标轴与可拖动的点在它外面。
export function frame(parent, { label, caption = "", name = "", margin }) {
  const { left, top, right, bottom } = margin;
  const axes = svg("g", { class: "live-axes", "aria-hidden": "true" });
  const inner = svg("svg", { x: left, y: top });
  const outline = svg("rect", { class: "live-outline", x: left, y: top });
  const overlay = svg("g", { transform: `translate(${left} ${top})` });
  const root = svg("svg", { role: "group", "aria-label": label }, axes, inner, outline, overlay);
  const box = html("div", { class: `live-panel ${name}` });
  if (caption) box.append(html("div", { class: "live-caption" }, name ? html("i") : "", caption));
  box.append(root);
  parent.append(box);
  return {
    box,
    root,
    axes,
    overlay,
    margin,
    add: (tag, className, attributes = {}) =>
      inner.appendChild(svg(tag, { class: className, ...attributes })),
    resize(width, height) {
      const size = { width: width - left - right, height: height - top - bottom };
      assign(root, { width, height });
      assign(inner, size);
      assign(outline, size);
      return size;
    },
    position(event) {
      const { x, y, width } = root.getBoundingClientRect();
      const scale = width / root.width.baseVal.value; // 幻灯片整个放大或缩小
      return [(event.clientX - x) / scale - left, (event.clientY - y) / scale - top];
    },
  };
}

const IN_PICTURE = {
  raise: (exponent) => svg("tspan", { dy: -5, "font-size": 9 }, exponent),
  slant: (letter) => svg("tspan", { class: "live-variable" }, letter),
};

// 刻度、网格与轴名；x 与 y 各是 { map, ticks, label }，y 还可以有 format。
export function drawAxes({ axes, margin: { left, top } }, size, x, y) {
  const [right, bottom] = [left + size.width, top + size.height];
  const text = (content, attributes) =>
    axes.append(svg("text", attributes, ...typeset(content, IN_PICTURE)));
  const grid = [
    ...x.ticks.map((tick) => `M${left + x.map(tick)} ${top}V${bottom}`),
    ...y.ticks.map((tick) => `M${left} ${top + y.map(tick)}H${right}`),
  ];
  axes.replaceChildren(svg("path", { class: "live-grid", d: grid.join("") }));
  for (const tick of x.ticks) {
    text(number(tick), { x: left + x.map(tick), y: bottom + 16, "text-anchor": "middle" });
  }
  for (const tick of y.ticks) {
    const place = { x: left - 6, y: top + y.map(tick) + 4, "text-anchor": "end" };
    text((y.format ?? number)(tick), place);
  }
  if (x.label) text(x.label, { x: right, y: bottom + 34, "text-anchor": "end" });
  if (y.label) text(y.label, { x: 2, y: top - 12 });
}

const dot = () =>
  Object.entries({ "live-grip": 22, "live-ring": 12, "live-dot": 7 }).map(([name, r]) =>
    svg("circle", { class: name, r }),
  );

// 可拖动的点：看得见的圆小，抓得住的圆直径 44 像素；只有按在它上面时页面不滚动。
// 没有二维的滑块角色：aria-valuenow 说纵坐标，aria-valuetext 把两个坐标都说出来。
// shape 是把手的样子，原点在它的正中；attributes 改掉默认的属性。
export function handle(plot, { label, name, onDrag, onArrow, shape = dot(), attributes = {} }) {
  const node = svg(
    "g",
    {
      class: `live-handle ${name}`,
      role: "slider",
      tabindex: 0,
      "aria-label": label,
      "aria-orientation": "vertical",
      "aria-roledescription": "平面上的点",
      ...attributes,
    },
    ...shape,
  );
  plot.overlay.append(node);
  let centre = [0, 0];
  let grip = null;
  node.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const [x, y] = plot.position(event);
    grip = [centre[0] - x, centre[1] - y];
  });
  node.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [x, y] = plot.position(event);
    onDrag(x + grip[0], y + grip[1]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => {
      grip = null;
    });
  }
  node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  node.addEventListener("click", (event) => event.stopPropagation());
  onKeys(node, onArrow);
  return function place(x, y, { now, min, max, text }) {
    centre = [x, y];
    assign(node, {
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      "aria-valuenow": now,
      "aria-valuemin": min,
      "aria-valuemax": max,
      "aria-valuetext": text,
    });
  };
}
