/* 界面的补充：按钮说出自己的状态，Esc 关上搜索，滚得动的地方用键盘也滚得到。 */

/* 主题的脚本在按下按钮以后拿走焦点：用键盘按的，等它做完还给按钮；打开过抽屉或搜索的，关上以后还。 */
let pressed;
addEventListener("click", ({ detail, target }) => {
  const button = target.closest?.("button.btn");
  if (!button) return;
  pressed = button;
  if (!detail) setTimeout(() => button.focus({ preventScroll: true }));
}, true);
for (const dialog of document.querySelectorAll("dialog[id^=pst-]"))
  dialog.addEventListener("close", () => setTimeout(() => {
    if (document.activeElement === document.body) pressed?.focus({ preventScroll: true });
  }));

const MODES = { auto: "跟随系统", light: "浅色", dark: "深色" };

for (const button of document.querySelectorAll(".theme-switch-button")) {
  const name = () =>
    button.setAttribute("aria-label", `配色：${MODES[document.documentElement.dataset.mode]}`);
  name();
  new MutationObserver(name).observe(document.documentElement, { attributeFilter: ["data-mode"] });
}

/* Safari 17.4 以前没有 checkVisibility。 */
const visible = (node) => node.checkVisibility?.({ visibilityProperty: true })
  ?? (node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible");

for (const side of ["primary", "secondary"]) {
  const button = document.querySelector(`.bd-header-article .${side}-toggle`);
  const sidebar = document.getElementById(`pst-${side}-sidebar`);
  const dialog = document.getElementById(`pst-${side}-sidebar-modal`);
  if (!button || !sidebar) continue;
  const tell = () => button.setAttribute("aria-expanded", dialog?.open || visible(sidebar));
  tell();
  for (const node of [sidebar, dialog])
    if (node) new MutationObserver(tell).observe(node, { attributeFilter: ["class", "open"] });
  sidebar.addEventListener("transitionend", tell);
  addEventListener("resize", tell);
}

/* 焦点不在输入框里时，主题的脚本不理会 Esc。 */
addEventListener("keydown", ({ key }) => {
  const dialog = document.getElementById("pst-search-dialog");
  if (key === "Escape" && dialog?.open && document.activeElement !== dialog.querySelector("input"))
    dialog.close();
});

/* 公式、输出与表格放不下，就缩小到放得下；缩到最小还放不下，才左右滚动。 */
const SMALLEST = 0.62;

function fit(boxes) {
  const sizes = new Map(boxes.map((box) => [box, 1]));
  for (const box of boxes) box.style.removeProperty("--fit");
  for (let pass = 0; pass < 5; pass++) {  // 边距不跟着缩小，一次不够
    const wide = [...sizes.keys()].filter((box) => box.scrollWidth > box.clientWidth);
    for (const box of wide) sizes.set(box, (sizes.get(box) * box.clientWidth) / (box.scrollWidth + 1));
    for (const box of wide) box.style.setProperty("--fit", sizes.get(box).toFixed(3));
  }
  for (const [box, size] of sizes) if (size < SMALLEST) box.style.removeProperty("--fit");
}

/* 左右滚动的地方：能用 Tab 停在上面，用方向键滚动。 */
const SCROLLED = {
  "div.math": "公式",
  ":is(.cell_output, .cell_output pre)": "输出",
  ".pst-scrollable-table-container": "表格",
  ".highlight pre": "代码",
};
const watch = new ResizeObserver((entries) =>
  requestAnimationFrame(() => {
    const boxes = entries.map(({ target }) => target);
    fit(boxes.filter((box) => box.dataset.scrolled !== "代码"));
    boxes.forEach(offer);
  }),
);

function offer(box) {
  if (box.scrollWidth > box.clientWidth + 1) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `${box.dataset.scrolled}，可以左右滚动`);
  } else if (box.hasAttribute("tabindex")) {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

for (const [selector, name] of Object.entries(SCROLLED))
  for (const box of document.querySelectorAll(`.bd-article ${selector}`)) {
    box.dataset.scrolled ??= name;
    watch.observe(box);
  }
