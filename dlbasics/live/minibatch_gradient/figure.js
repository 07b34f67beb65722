// 小批量的梯度：一团围着全梯度的点；常数学习率下，参数在谷底旁边徘徊。
import {
  animate, button, clamp, html, number, panelWidth, readout, saying, sceneMenu, slider, stateOf,
} from "../drawing/index.js";
import {
  averageLoss, batches, descend, gradients, mean, minimum, signedFeatures, spread,
} from "./arithmetic.js";
import { cloudPanel, excessChart, weightPanel } from "./view.js";

const modelOf = (n, [low, high]) =>
  `模型：两个参数的逻辑回归，看左、右半边各有多少墨，区分 ${n} 张手写的 ${low} 与 ${high}` +
  "（scikit-learn 附带的 digits）。";
const HINT = "抽几批，拖动出发点 w，改动 b 与学习率：看 w 处的梯度与走出来的路。";

const from = (batch, lr) => ({ batch, draws: 200, lr, start: [-1, 1.5], seed: 1 });

export const SCENES = [
  {
    title: "一次一个样本",
    settings: from(1, 2),
    story: "b = 1：点散得很开，有的与全梯度方向相反。它们的平均却离全梯度很近。路摇摇晃晃，大方向没有错。",
  },
  {
    title: "b = 16",
    settings: from(16, 2),
    story: "样本多到 16 倍，方差缩到十六分之一还少一点：无放回地抽，抽得越多，剩下的越少。云缩小了，路也稳了。",
  },
  {
    title: "学习率大，徘徊得远",
    settings: from(4, 8),
    story: "走得快，却停不下来：损失降到一定程度就上下乱跳，不再变小。这一层叫噪声地板。",
  },
  {
    title: "学习率小，徘徊得近",
    settings: from(4, 1),
    story: "批还是那些批，学习率是八分之一：走得慢，最后离谷底更近。常数学习率下，快与准不能兼得。",
  },
];

// 一次算完图上要的一切。
export function inspect({ samples, batch, draws, lr, start, seed }, facts) {
  const { unit, shown_steps: steps } = facts;
  const signed = signedFeatures(samples, unit);
  const n = signed.length;
  const drawn = batches(seed, n, batch, Math.max(draws, steps));
  const each = gradients(signed, start);
  const full = mean(each);
  const cloud = drawn.slice(0, draws).map((one) => mean(one.map((k) => each[k])));
  const everyone = signed.map((_, k) => k);
  const lowest = minimum(signed);
  const least = averageLoss(signed, lowest);
  const paths = [
    descend(signed, start, lr, drawn.slice(0, steps)),
    descend(signed, start, lr, Array(steps).fill(everyone)),
  ];
  const excess = paths.map((path) => path.map((w) => averageLoss(signed, w) - least));
  const late = excess[0].slice(steps / 2 + 1);
  return {
    signed,
    each,
    full,
    cloud,
    lowest,
    least,
    paths,
    excess,
    predicted: ((spread(each, full) / batch) * (n - batch)) / (n - 1),
    measured: spread(cloud, full),
    floor: late.reduce((sum, value) => sum + value, 0) / late.length,
  };
}

const pair = (point) => `(${point.map(number).join("，")})`;

// 四句话：平均、方差、噪声地板、全部样本。
export function sentences({ batch, draws }, at) {
  const { signed, full, cloud, predicted, measured, floor, excess } = at;
  const theory = `方差应是 σ²/b·(n − b)/(n − 1) = ${number(predicted)}`;
  const [centre, variance] = draws
    ? [
        `${draws} 批的平均 ${pair(mean(cloud))}，全梯度 ${pair(full)}。`,
        `${theory}，实测 ${number(measured)}。`,
      ]
    : [`还没有抽；全梯度 ${pair(full)}。`, `${theory}。`];
  const cost = `每步算 ${batch} 个样本，后一半的步里损失平均比最小值高 ${number(floor)}。`;
  const end = excess[1].at(-1);
  const last = `每步算 ${signed.length} 个样本，最后比最小值高${end < 1e-12 ? "不到 10⁻¹²" : ` ${number(end)}`}。`;
  return [
    ["", centre],
    ["", variance],
    ["live-batch", `小批量：${cost}`],
    ["live-gd", `全部样本：${last}`],
  ];
}

function controls(parent, { facts: { limits }, set, read }) {
  const box = parent.appendChild(html("div", { class: "live-controls" }));
  const add = (name, label, rest) => {
    const onInput = (value) => set({ [name]: value });
    return slider(box, { label, limits: limits[name], onInput, ...rest });
  };
  const batch = add("batch", "批量大小 b", { step: 1 });
  const lr = add("lr", "学习率", { step: 0.01, log: true });
  const row = box.appendChild(html("div", { class: "live-buttons live-walk" }));
  const more = (count) => () => set({ draws: clamp(read().draws + count, ...limits.draws) });
  button(row, "抽一批", more(1));
  button(row, "抽二十批", more(20));
  button(row, "抽二百批", more(200));
  button(row, "重来", () => set({ draws: 0 }));
  button(row, "换一串签", () => set({ seed: (read().seed + 1) % (limits.seed[1] + 1) }));
  return (now) => {
    batch.set(now.batch);
    lr.set(now.lr);
  };
}

function render({ model, el }) {
  const state = stateOf(model);
  const { facts, read, set } = state;
  const { view } = facts;
  const moveTo = (x, y) =>
    set({ start: [clamp(x, ...view.x), clamp(y, ...view.y)].map((c) => Number(c.toFixed(4))) });
  const onNudge = (dx, dy) => {
    const [x, y] = model.get("start");
    moveTo(x + dx * 0.1, y + dy * 0.1);
  };
  const update = sceneMenu(el, SCENES, { hint: HINT, set });
  const row = el.appendChild(html("div", { class: "live-panels" }));
  const cloud = cloudPanel(row);
  const weights = weightPanel(row, { onMove: moveTo, onNudge });
  const adjust = controls(el, state);
  const excess = excessChart(el);
  const say = readout(el);
  const { signed, lowest, least } = inspect(read(), facts);
  el.append(html("p", { class: "live-credit" }, modelOf(signed.length, facts.digits)));
  return animate(model, el, {
    layout(width) {
      cloud.layout(panelWidth(width));
      weights.layout(panelWidth(width), facts, (x, y) => averageLoss(signed, [x, y]), least);
      excess.layout(width);
    },
    draw() {
      const now = read();
      const at = inspect(now, facts);
      cloud.draw(at);
      weights.draw(at, lowest);
      excess.draw(at);
      update(now);
      adjust(now);
      const lines = sentences(now, at).map(([name, text]) => saying(name, text));
      say(`批量 b = ${now.batch}，学习率 ${number(now.lr)}，抽了 ${now.draws} 批`, lines);
    },
  });
}

export default { render };
