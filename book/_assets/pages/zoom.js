/* 静态图放大看：按图，或按图题旁边的“放大”，满屏打开；Esc 或“关上”回到原处。 */
{
  const make = (tag, className, attributes = {}) =>
    Object.assign(document.createElement(tag), { className, ...attributes });
  let dialog;

  const open = (figure, name) => {
    if (!dialog) {
      dialog = make("dialog", "zoomed");
      document.querySelector("main").append(dialog);
    }
    const picture = figure.cloneNode(true);
    for (const node of [picture, ...picture.querySelectorAll("[id]")]) node.removeAttribute("id");
    const caption = picture.querySelector("figcaption");
    for (const extra of caption.querySelectorAll(".headerlink, .zoom-button")) extra.remove();
    for (const narrow of picture.querySelectorAll("source")) narrow.remove();  // 放大看整幅的
    for (const image of picture.querySelectorAll("img")) image.removeAttribute("loading");
    const close = make("button", "zoom-close", { type: "button", textContent: "关上" });
    close.addEventListener("click", () => dialog.close());
    const head = make("div", "zoomed-head");
    head.append(caption, close);
    picture.tabIndex = 0;
    picture.setAttribute("aria-label", `${name}，放不下时可以滚动`);
    dialog.setAttribute("aria-label", `放大的${name}`);
    dialog.replaceChildren(head, picture);
    dialog.showModal();
    close.focus();
  };

  for (const figure of document.querySelectorAll(".bd-article figure:has(> figcaption)")) {
    const number = figure.querySelector(".caption-number");
    const name = number ? number.textContent.trim() : "这幅图";
    const button = make("button", "zoom-button", { type: "button", textContent: "放大" });
    button.setAttribute("aria-label", `放大${name}`);
    button.setAttribute("aria-haspopup", "dialog");
    figure.querySelector("figcaption").append(button);
    button.addEventListener("click", () => open(figure, name));
    for (const image of figure.querySelectorAll("img")) {
      image.classList.add("zoomable");
      image.addEventListener("click", () => {
        button.focus({ preventScroll: true });
        open(figure, name);
      });
    }
  }
}
