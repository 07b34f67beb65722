// 手能碰的零件：滑块、按钮；眼能看的：图例、读数；以及把改动变成重画的一环。
import { assign, html, number, onKeys, typeset } from "./kit.js";

// 手指按在滑条上：横着走，或抬起来，改动才算数；竖着走是要翻页，滑块放回原处。
function letScroll(input, send, restore) {
  let held = null;
  input.addEventListener("pointerdown", ({ pointerType, clientX, clientY }) => {
    held = pointerType === "touch" ? { x: clientX, y: clientY, changed: false } : null;
  });
  input.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (!held) return;
    const [across, down] = [Math.abs(clientX - held.x), Math.abs(clientY - held.y)];
    if (across > 8 && across > down) held = null;
  });
  input.addEventListener("pointerup", () => {
    if (held?.changed) send();
    held = null;
  });
  input.addEventListener("pointercancel", () => {
    held = null;
    restore();
  });
  input.addEventListener("input", () => {
    if (held) held.changed = true;
    else send();
  });
}

// 图的状态：facts 是 Python 声明的一切，read() 读出全部变量，set({ 名字: 值 }) 一次写回。
export function stateOf(model) {
  const facts = model.get("facts");
  const read = () => Object.fromEntries(facts.state.map((name) => [name, model.get(name)]));
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  return { facts, read, set };
}

// 一行滑块：名字、数值、滑条。log 为真时滑条按数量级走。
export function slider(parent, { label, limits: [min, max], step, log = false, onInput }) {
  const [warp, unwarp] = log ? [Math.log10, (t) => 10 ** t] : [(v) => v, (v) => v];
  const output = html("output");
  const input = html("input", {
    type: "range",
    min: warp(min),
    max: warp(max),
    step,
    "aria-label": label,
  });
  const row = html(
    "label",
    { class: "live-slider" },
    html("span", {}, ...typeset(label)),
    output,
    input,
  );
  parent.append(row);
  let shown;
  const send = () => onInput(Number(unwarp(input.valueAsNumber).toPrecision(log ? 3 : 6)));
  letScroll(input, send, () => set(...shown));
  onKeys(input, (dx, dy) => {
    const count = dx + dy;
    count > 0 ? input.stepUp(count) : input.stepDown(-count);
    send();
  });
  function set(value, high = max) {
    shown = [value, high];
    input.max = warp(high);
    input.value = warp(value);
    output.replaceChildren(...typeset(number(value)));
    input.setAttribute("aria-valuetext", number(value));
  }
  return { row, set };
}

export function button(parent, text, onClick) {
  const node = html("button", { type: "button", class: "live-button" }, ...typeset(text));
  node.addEventListener("click", onClick);
  parent.append(node);
  return node;
}

// 一排按钮：items 是 [文字, 点了做什么]。
export function buttons(parent, label, items) {
  const row = html(
    "div",
    { class: "live-buttons", role: "group", "aria-label": label },
    html("span", {}, label),
  );
  parent.append(row);
  return items.map(([text, onClick]) => button(row, text, onClick));
}

// 一排场景，一项是 { title, settings, story }：点一个就换成它的设定；设定都对得上的那个亮着，
// 它的话写在下面，一个也对不上就写提示。返回按当前状态更新的函数。
export function sceneMenu(
  parent,
  scenes,
  { hint, set, label = "场景", style = "live-story live-long" },
) {
  const row = buttons(
    parent,
    label,
    scenes.map(({ title, settings }) => [title, () => set(settings)]),
  );
  const story = parent.appendChild(html("div", { class: style }));
  return (now) => {
    const agrees = ([name, value]) => String(now[name]) === String(value);
    const chosen = scenes.findIndex(({ settings }) => Object.entries(settings).every(agrees));
    pressOne(row, chosen);
    story.replaceChildren(...typeset(scenes[chosen]?.story ?? hint));
  };
}

// 按下一排按钮里的第 chosen 个，松开其余。
export const pressOne = (row, chosen) =>
  row.forEach((node, k) => node.setAttribute("aria-pressed", k === chosen));

// 播放：从现在的一处走到最后一处，全程 time 毫秒；读者要求少动画时直接到头。旁边的滑块选第几处。
export function player(parent, { label, time, where, end, visit, onStop = () => {} }) {
  let timer = 0;
  const row = html("div", { class: "live-player" });
  const stop = () => {
    if (!timer) return;
    cancelAnimationFrame(timer);
    timer = 0;
    play.textContent = "播放";
    onStop();
  };
  const start = () => {
    const last = end();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return visit(last);
    const from = where() % last;
    const began = performance.now();
    const tick = (now) => {
      const k = Math.min(last, from + Math.max(0, Math.floor(((now - began) * last) / time)));
      visit(k);
      if (k === last) return stop();
      timer = requestAnimationFrame(tick);
    };
    play.textContent = "暂停";
    timer = requestAnimationFrame(tick);
  };
  const play = button(row, "播放", () => (timer ? stop() : start()));
  const seek = (k) => {
    visit(k);
    stop();
  };
  const at = slider(row, { label, limits: [0, 1], step: 1, onInput: seek });
  parent.append(row);
  return { stop, playing: () => timer !== 0, set: at.set };
}

// 图例：记号的样式名 → 文字，或排好的一段。
export function legend(parent, items) {
  const entries = Object.entries(items);
  const words = (text) => (typeof text === "string" ? typeset(text) : [text]);
  parent.append(
    html(
      "p",
      { class: "live-legend" },
      ...entries.map(([name, text]) => html("span", {}, html("i", { class: name }), html("b", {}, ...words(text)))),
    ),
  );
}

// 读数里的一句：前面是方法的颜色。
export const saying = (name, text) =>
  html("div", { class: name }, html("i"), html("span", {}, ...typeset(text)));

// 读数：眼睛看到的立刻更新；读屏软件等手停下来再念，图自己画出的第一句不念。
export function readout(parent) {
  const visible = html("div", { class: "live-readout" });
  const spoken = html("div", { class: "live-spoken", "aria-live": "polite" });
  parent.append(visible, spoken);
  let timer = 0;
  let said;
  return (heading, lines) => {
    visible.replaceChildren(html("b", {}, ...typeset(heading)), ...lines);
    const sentences = [heading, ...lines.map((line) => line.textContent.replace(/。$/, ""))];
    const text = `${sentences.join("。")}。`;
    if (text === said) return;
    clearTimeout(timer);
    if (said) timer = setTimeout(() => (spoken.textContent = text), 800);
    said = text;
  };
}

// 比这还窄就画不下，等它变宽。
const NARROWEST = 120;

// 让图活着：状态变了，在下一帧重画一次；宽度变了，先重排再重画。返回让它停下的函数。
// 第一次画成时发出 live:drawn。图是有名字的一组，场景的话换了会念出来。
export function animate(model, el, { layout, draw }) {
  const { state: traits, title } = model.get("facts");
  let pending = 0;
  let width = 0;
  const request = () => {
    pending ||= requestAnimationFrame(() => {
      pending = 0;
      if (width) draw(width);
    });
  };
  const observer = new ResizeObserver(() => {
    const current = Math.floor(el.clientWidth);
    if (current < NARROWEST || current === width) return;
    width = current;
    layout(width);
    draw(width);
    el.dispatchEvent(new Event("live:drawn"));
  });
  el.classList.add("live");
  assign(el, { role: "group", "aria-label": `可操作的图：${title}` });
  for (const story of el.querySelectorAll(".live-story")) assign(story, { "aria-live": "polite" });
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  observer.observe(el);
  for (const name of traits) model.on(`change:${name}`, request);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(pending);
    for (const name of traits) model.off(`change:${name}`, request);
  };
}
