// 动量竞走：同一个起点、同一个学习率，梯度下降与动量法各走各的。
import { trajectory } from "../arithmetic/trajectory.js";
import {
  animate, buttons, clamp, html, legend, panelWidth, player, pressOne, readout, saying, sceneMenu,
  slider, stateOf,
} from "../drawing/index.js";
import { describe, landscape, LANDSCAPES } from "./arithmetic.js";
import { lossChart, pathPanel } from "./view.js";

const METHODS = [
  { title: "梯度下降", name: "live-gd" },
  { title: "动量法", name: "live-momentum" },
];
const MARKS = {
  "live-mark-start": "起点（可拖动）",
  "live-mark-here": "第 t 步",
  "live-mark-inertia": "惯性 μv",
  "live-mark-push": "梯度 −αg",
};
const HINT = "拖动起点，改动滑块，或点一个场景，看两条路怎样变。";

const bowl = (settings) => ({
  landscape: "quadratic",
  start: [-1.8, 1.1],
  steps: 100,
  ...settings,
});
const wells = (start) => ({
  landscape: "tilted_double_well",
  start,
  lr: 0.01,
  mu: 0.9,
  steps: 300,
});

export const SCENES = [
  {
    title: "峡谷里更快",
    settings: bowl({ kappa: 50, lr: 1.8, mu: 0.8 }),
    story:
      "梯度下降在缓的方向走得很慢。动量法在陡的方向摆得更久，在缓的方向快得多，总账还是赢。",
  },
  {
    title: "冲过头",
    settings: bowl({ kappa: 50, lr: 1.8, mu: 0.98 }),
    story: "μ 太大，几乎没有阻力。小球冲过谷底又荡回来，反而比梯度下降慢。",
  },
  {
    title: "圆碗里更慢",
    settings: bowl({ kappa: 1.5, lr: 0.9, mu: 0.9, steps: 60 }),
    story: "碗近乎圆形，学习率也合适，梯度下降几步就到了。动量法带着惯性绕谷底打转。",
  },
  {
    title: "只有动量法收敛",
    settings: bowl({ kappa: 50, lr: 2.1, mu: 0.8 }),
    story: "学习率超过 2，梯度下降在陡的方向发散。动量法要超过 2(1 + μ) = 3.6 才发散。",
  },
  {
    title: "两者都发散",
    settings: bowl({ kappa: 50, lr: 3.8, mu: 0.8 }),
    story: "学习率超过 2(1 + μ) = 3.6，动量法也发散。",
  },
  {
    title: "冲进高谷",
    settings: wells([-2.5, 1.2]),
    story: "左边的谷更低。梯度下降正走向那里；动量法冲过山脊，停进右边较高的谷。",
  },
  {
    title: "冲出高谷",
    settings: wells([2, 1.2]),
    story: "换到右边出发，结果相反：梯度下降正走向较高的谷，动量法冲到了左边更低的谷。",
  },
];

function controls(parent, { facts, set }) {
  const grid = html("div", { class: "live-controls" });
  const add = (name, options) => {
    const onInput = (value) => set({ [name]: value });
    return slider(grid, { limits: facts.limits[name], onInput, ...options });
  };
  const kappa = add("kappa", { label: "条件数 κ", step: 0.02, log: true });
  const lr = add("lr", { label: "学习率 α", step: 0.01, log: true });
  const mu = add("mu", { label: "动量系数 μ", step: 0.01 });
  const steps = add("steps", {
    label: "总步数",
    step: 10,
    onInput: (value) => set({ steps: value, step: value }),
  });
  parent.append(grid);
  return (now) => {
    kappa.row.hidden = now.landscape !== "quadratic";
    kappa.set(now.kappa);
    lr.set(now.lr);
    mu.set(now.mu);
    steps.set(now.steps);
  };
}

// 上面的两排按钮：换地形、换场景，与一句说明。
function menu(parent, facts, choose) {
  const names = facts.choices.landscape;
  const pick = (settings) => choose({ ...settings, step: settings.steps });
  const places = buttons(
    parent,
    "地形",
    names.map((name) => [
      facts.landscapes[name].title,
      () => pick({ landscape: name, ...LANDSCAPES[name].defaults }),
    ]),
  );
  const tell = sceneMenu(parent, SCENES, { hint: HINT, set: pick, style: "live-story" });
  return (now) => {
    pressOne(places, names.indexOf(now.landscape));
    tell(now);
  };
}

// 状态的读与写；起点不许拖出视野。
function store(model) {
  const state = stateOf(model);
  const { facts, set } = state;
  const read = () => {
    const now = state.read();
    return { ...now, step: Math.min(now.step, now.steps) };
  };
  const moveStart = (x, y) => {
    const view = facts.landscapes[model.get("landscape")];
    set({ start: [clamp(x, ...view.x), clamp(y, ...view.y)].map((c) => Number(c.toFixed(4))) });
  };
  const nudge = (dx, dy) => {
    const [[x, y], view] = [model.get("start"), facts.landscapes[model.get("landscape")]];
    moveStart(x + (dx * (view.x[1] - view.x[0])) / 100, y + (dy * (view.y[1] - view.y[0])) / 100);
  };
  return { ...state, read, moveStart, nudge };
}

// 两块地形图、图例、手边的滑块，与损失曲线；画完返回走过的两条路。
function stage(parent, { facts, read, set, moveStart, nudge }, addControls) {
  const row = html("div", { class: "live-panels" });
  parent.append(row);
  const panels = METHODS.map((method) =>
    pathPanel(row, { ...method, onMove: moveStart, onNudge: nudge }),
  );
  legend(parent, MARKS);
  addControls(parent);
  const onStep = (n) => set({ step: clamp(n, 0, read().steps) });
  const losses = lossChart(parent, facts, { methods: METHODS, onStep });
  return {
    layout(width, { landscape: name, kappa }) {
      const [each, land] = [panelWidth(width), landscape(name, kappa)];
      for (const panel of panels)
        panel.layout(each, facts.landscapes[name], land, facts.levels);
      losses.layout(width);
    },
    draw(now, land) {
      const runs = [0, now.mu].map((mu) => ({ ...now, mu }));
      const paths = runs.map((run) => trajectory(land, run));
      panels.forEach((panel, k) => panel.draw(paths[k], runs[k], land));
      losses.draw(paths, now, land.loss(...land.minima[0]));
      return paths;
    },
  };
}

function render({ model, el }) {
  const state = store(model);
  const updateMenu = menu(el, state.facts, (values) => {
    playback.stop();
    state.set(values);
  });
  let playback, updateControls;
  const view = stage(el, state, (parent) => {
    playback = player(parent, {
      label: "看第几步",
      time: 4000,
      where: () => model.get("step"),
      end: () => model.get("steps"),
      visit: (step) => state.set({ step }),
    });
    updateControls = controls(parent, state);
  });
  const say = readout(el);
  let terrain = "";

  const layout = (width) => {
    const now = state.read();
    terrain = `${now.landscape} ${now.kappa}`;
    view.layout(width, now);
  };
  const draw = (width) => {
    const now = state.read();
    if (terrain !== `${now.landscape} ${now.kappa}`) layout(width);
    const land = landscape(now.landscape, now.kappa);
    const paths = view.draw(now, land);
    for (const update of [updateMenu, updateControls]) update(now);
    playback.set(now.step, now.steps);
    const sentence = ({ title, name }, k) =>
      saying(name, `${title}：${describe(paths[k], now.step, land)}`);
    say(`第 ${now.step} 步`, METHODS.map(sentence));
  };
  const stopWatching = animate(model, el, { layout, draw });
  return () => {
    playback.stop();
    stopWatching();
  };
}

export default { render };
