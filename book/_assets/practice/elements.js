/* 页面上的小零件：元素、按钮、兆字节。 */
export const MB = (bytes) => (bytes / 1e6).toFixed(1);

export function make(tag, className, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function button(text, action, className = "practice-button") {
  const element = make("button", className, text, { type: "button" });
  element.addEventListener("click", action);
  return element;
}

/** 没有编辑器时写代码的框：不改字，不折行。 */
export const codeArea = (label) => make("textarea", "practice-plain", "", {
  "aria-label": label, spellcheck: "false", autocapitalize: "off", autocomplete: "off",
  autocorrect: "off", wrap: "off",
});
