// 一轮怎么抽：有放回、无放回、不打乱，谁被抽到，谁被漏掉。
import { choose, chooseWithReplacement, mulberry32 } from "../arithmetic/draws.js";
import {
  animate, button, buttons, html, legend, number, panelWidth, pressOne, readout, sceneMenu,
  slider, stateOf, typeset,
} from "../drawing/index.js";
import { compositionChart, visitsGrid } from "./view.js";

const FRAME = 450;
const HINT = "走一批，看哪些样本被用到；换一种抽法，换批量大小，再走一轮。";

const fresh = (settings) => ({ each: 10, batch: 16, epoch: 1, step: 7, ...settings });

export const SCENES = [
  {
    title: "有放回：漏掉三分之一",
    settings: fresh({ mode: "replace" }),
    story: "每次都从全部样本里抽。走完一轮，有的用到三四次，有的一次也没有；平均漏掉约 37%。",
  },
  {
    title: "无放回：一个不漏",
    settings: fresh({ mode: "reshuffle" }),
    story: "先整体打乱，再按次序取。一轮里每个样本恰好一次；下一轮重新打乱，批就换了。",
  },
  {
    title: "不打乱：一批只有两三类",
    settings: fresh({ mode: "sorted", step: 1 }),
    story: "样本按类别排好，依次取。每批只有两三类，不能代表全体：拿这一批的平均当全体的平均，会偏。",
  },
  {
    title: "最后的短批",
    settings: fresh({ mode: "reshuffle", batch: 32, step: 4 }),
    story: "100 除以 32 余 4。先求每批的平均、再对批平均，最后 4 个样本的份量就被放大。",
  },
];

// 第 epoch 轮依次用到的样本。
export function epochOrder(mode, n, epoch, seed) {
  const random = mulberry32(seed);
  const draw = { replace: chooseWithReplacement, reshuffle: choose }[mode];
  let order = Array.from({ length: n }, (_, k) => k);
  if (draw) for (let k = 0; k < epoch; k++) order = draw(n, n, random);
  return order;
}

// 这一轮的各批、走到现在每个样本用到几次、刚走过的一批与它的各类个数。
export function inspect({ mode, each, batch, epoch, step }, { classes, seed }) {
  const n = classes * each;
  const order = epochOrder(mode, n, epoch, seed);
  const batches = [];
  for (let k = 0; k < n; k += batch) batches.push(order.slice(k, k + batch));
  const done = Math.min(step, batches.length);
  const visits = Array(n).fill(0);
  for (const sample of batches.slice(0, done).flat()) visits[sample]++;
  const current = done ? batches[done - 1] : [];
  const composition = Array(classes).fill(0);
  for (const sample of current) composition[Math.floor(sample / each)]++;
  return { n, batches, done, visits, current, composition };
}

const percent = (share) => `${(100 * share).toFixed(1)}%`;

function missing({ mode }, { n, batches, done, visits }) {
  const used = visits.reduce((sum, count) => sum + count, 0);
  const missed = visits.filter((count) => count === 0).length;
  const share = `这一轮抽了 ${used} 次，用到 ${n - missed} 个样本，还有 ${missed} 个没有用到`;
  if (done < batches.length) return `${share}。`;
  if (mode !== "replace") return `${share}：一轮正好每个一次。`;
  const expected = percent((1 - 1 / n) ** n);
  return `${share}，占 ${percent(missed / n)}；平均漏掉 (1 − 1/n)ⁿ = ${expected}，n 很大时是 1/e = 36.8%。`;
}

function contents({ current, composition }) {
  if (!current.length) return "还没有走。";
  const most = Math.max(...composition);
  const classes = composition.filter((count) => count > 0).length;
  const largest = `最多的一类占 ${percent(most / current.length)}（全体里每类占 ${number(100 / composition.length)}%）`;
  return `这一批 ${current.length} 个样本，来自 ${classes} 类；${largest}。`;
}

function lastBatch({ batch }, { n, batches }) {
  const last = batches.at(-1).length;
  if (batches.length === 1) return "一批就是一轮：这不是小批量，每步用到全部。";
  if (last === batch) return `一轮 ${batches.length} 批，每批一样大。`;
  const weight = number(batch / last);
  return `一轮 ${batches.length} 批，最后一批只有 ${last} 个：按批平均时，里面的一个样本顶别处的 ${weight} 个。`;
}

// 三句话：漏了谁，这一批的成分，最后一批。
export const sentences = (now, at) => [missing(now, at), contents(at), lastBatch(now, at)];

function menu(parent, modes, set) {
  const tell = sceneMenu(parent, SCENES, { hint: HINT, set });
  const row = buttons(
    parent,
    "抽法",
    Object.entries(modes).map(([mode, title]) => [title, () => set({ mode })]),
  );
  return (now) => {
    pressOne(row, Object.keys(modes).indexOf(now.mode));
    tell(now);
  };
}

// 一批一批地走：走一批，走完，换一轮；读者要求少动画时一下走完。
function walker(parent, { facts, read, set }) {
  const row = parent.appendChild(html("div", { class: "live-buttons live-walk" }));
  let timer = 0;
  const total = ({ each, batch }) => Math.ceil((facts.classes * each) / batch);
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "走完这一轮";
  };
  const next = () => {
    const now = read();
    if (now.step >= total(now)) return newEpoch();
    set({ step: now.step + 1 });
    if (now.step + 1 === total(now)) stop();
  };
  const newEpoch = () => set({ epoch: (read().epoch % facts.limits.epoch[1]) + 1, step: 0 });
  const start = () => {
    const now = read();
    if (now.step >= total(now)) newEpoch();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return set({ step: total(now) });
    play.textContent = "停";
    timer = setInterval(next, FRAME);
  };
  const quietly = (action) => () => {
    stop();
    action();
  };
  button(row, "走一批", quietly(next));
  const play = button(row, "走完这一轮", () => (timer ? stop() : start()));
  button(row, "下一轮", quietly(newEpoch));
  button(
    row,
    "重来",
    quietly(() => set({ epoch: 1, step: 0 })),
  );
  return stop;
}

function sizes(parent, { limits, classes }, set) {
  const add = (name, label) => {
    const onInput = (value) => set({ [name]: value, step: 0 });
    return slider(parent, { label, limits: limits[name], step: 1, onInput });
  };
  const batch = add("batch", "批量大小 b");
  const each = add("each", `每类几个样本（共 ${classes} 类）`);
  return (now) => {
    batch.set(now.batch);
    each.set(now.each);
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, set } = state;
  const read = () => {
    const now = state.read();
    return { ...now, step: Math.min(now.step, Math.ceil((facts.classes * now.each) / now.batch)) };
  };
  const interrupt = (values) => {
    stopWalking();
    set(values);
  };
  const update = menu(el, facts.modes, interrupt);
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const panels = [visitsGrid(row, facts), compositionChart(row, facts)];
  legend(el, {
    "live-mark-unused": "没有用到",
    "live-mark-used": "用到一次；次数越多越浓",
    "live-mark-current": "刚走过的一批",
  });
  const box = el.appendChild(html("div", { class: "live-controls" }));
  const stopWalking = walker(box, { facts, read, set });
  const updateSizes = sizes(box, facts, interrupt);
  const say = readout(el);
  const stopWatching = animate(model, el, {
    layout(width) {
      for (const panel of panels) panel.layout(panelWidth(width));
    },
    draw() {
      const now = read();
      const at = inspect(now, facts);
      for (const panel of panels) panel.draw(now, at);
      update(now);
      updateSizes(now);
      const lines = sentences(now, at).map((text) => html("div", {}, ...typeset(text)));
      say(`第 ${now.epoch} 轮，走了 ${at.done}/${at.batches.length} 批`, lines);
    },
  });
  return () => {
    stopWalking();
    stopWatching();
  };
}

export default { render };
