// 网页里没有内核：用三十来行代替 anywidget 的模型，让同一份模块活起来。

class Model {
  #state;
  #listeners = new Map();

  constructor(state) {
    this.#state = { ...state };
  }
  get(name) {
    return this.#state[name];
  }
  set(name, value) {
    if (this.#state[name] === value) return;
    this.#state[name] = value;
    for (const listener of this.#listeners.get(`change:${name}`) ?? []) listener();
  }
  save_changes() {}
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  off(event, listener) {
    const others = this.#listeners.get(event).filter((one) => one !== listener);
    this.#listeners.set(event, others);
  }
}

// 把一幅图挂到它的占位上；画成了第一次，才收起静态的图。
export function mount(figure, facts, { default: { render } }) {
  const model = new Model({ ...JSON.parse(figure.querySelector("script").textContent), facts });
  const el = document.createElement("div");
  figure.append(el);
  const ready = () => figure.closest(".live-output")?.setAttribute("data-live-ready", "");
  el.addEventListener("live:drawn", ready, { once: true });
  render({ model, el });
  return model;
}

// 图醒来时页面会变长：读者还没有动手，就回到网址 # 所指的地方。
async function returnToTarget(awake) {
  let moved = false;
  for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"])
    addEventListener(hand, () => (moved = true), { once: true, passive: true });
  if (document.readyState !== "complete")
    await new Promise((done) => addEventListener("load", done, { once: true }));
  await awake;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  if (!moved) document.querySelector(":target")?.scrollIntoView({ behavior: "instant" });
}

// 浏览器有空的时候；Safari 没有 requestIdleCallback。
const idle = () =>
  new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done, { timeout: 300 }));

// 离屏幕不到一屏才唤醒一幅，一次一幅：读到那里之前，页面不为它花时间。
// 返回打开页面时就近的那几幅，等它们醒来。
function wakeNear(figures, wake) {
  return new Promise((opened) => {
    const places = new Map(figures.map((one) => [one.closest(".live-output") ?? one, one]));
    const observer = new IntersectionObserver(
      (entries) => {
        const near = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
        for (const place of near) observer.unobserve(place);
        opened(Promise.all(near.map((place) => idle().then(() => wake(places.get(place))))));
      },
      { rootMargin: "100%" },
    );
    for (const place of places.keys()) observer.observe(place);
  });
}

// 唤醒页面上的每一幅图。sources 是路径 → 源文件；figures 是名字 → 用到的路径与 facts。
// 一幅图的源文件接成一份，用数据地址引入，不发请求。
export function mountAll(sources, figures) {
  const wake = async (figure) => {
    const { modules, facts } = figures[figure.dataset.live];
    const text = encodeURIComponent(modules.map((path) => sources[path]).join("\n"));
    try {
      return mount(figure, facts, await import(`data:text/javascript;charset=utf-8,${text}`));
    } catch (error) {
      console.error(error); // 这一幅留着静态的图，别的照样醒来
    }
  };
  const awake = wakeNear([...document.querySelectorAll(".live-figure")], wake);
  returnToTarget(awake);
  return awake;
}
