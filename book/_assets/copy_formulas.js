// 复制含有公式的一段：纯文本里公式是它的 TeX，一条一份；富文本里仍是 MathML，贴进 Word 就是公式。

const wrapped = (formula) => {
  const mark = formula.tagName === "DIV" ? "$$" : "$";
  return `${mark}${formula.dataset.tex}${mark}`;
};

// 纯文本由浏览器排出来：段落之间有换行，藏起来的不算。
function plainText(fragment) {
  const box = document.createElement("div");
  box.append(fragment);
  for (const formula of box.querySelectorAll(".math[data-tex]")) formula.replaceWith(wrapped(formula));
  document.body.append(box);
  const text = box.innerText;
  box.remove();
  return text;
}

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || event.target.closest?.("input, textarea")) return;
  const fragment = selection.getRangeAt(0).cloneContents();
  if (!fragment.querySelector(".math[data-tex]")) return;
  const box = document.createElement("div");
  box.append(fragment.cloneNode(true));
  event.clipboardData.setData("text/html", box.innerHTML);
  event.clipboardData.setData("text/plain", plainText(fragment));
  event.preventDefault();
});
