/* 浮窗：指着术语、公式、图与文献的链接，或者焦点停在上面，就在旁边出现；Esc 收起。
   手指点一下出现，再点一下才跟过去。术语的说明写在链接上，别的取自这一页。 */
{
  const KINDS = { "div.math": "到这条公式", "figure": "到这幅图", ".footnote": "到参考文献" };
  const box = document.createElement("div");
  box.className = box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.querySelector("main").append(box);
  let shown, timer, touched;

  const make = (tag, text, attributes = {}) =>
    Object.assign(document.createElement(tag), { textContent: text, ...attributes });

  const copy = (target) => {
    const node = target.cloneNode(true);
    for (const extra of node.querySelectorAll(".headerlink, .label, button")) extra.remove();
    for (const one of [node, ...node.querySelectorAll("*")])
      for (const name of ["id", "tabindex", "role", "aria-label", "loading"])
        one.removeAttribute(name);
    return node;
  };

  /* 浮窗里的内容，最后是一个链接；这个链接没有可看的，就什么也不给。 */
  const contents = ({ dataset, hash, href, pathname }) => {
    const go = (words) => make("a", words, { href, tabIndex: -1 });
    if (dataset.term) {
      const head = make("p", "");
      head.append(make("strong", dataset.term), " ", make("span", dataset.english, { lang: "en" }));
      return [head, make("p", dataset.meaning), go("到术语表")];
    }
    const target = pathname === location.pathname
      && document.getElementById(decodeURIComponent(hash.slice(1)));
    const kind = target && Object.keys(KINDS).find((one) => target.matches(one));
    return kind ? [copy(target), go(KINDS[kind])] : [];
  };

  const hide = () => {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = undefined;
    box.hidden = true;
  };
  const show = (link) => {
    clearTimeout(timer);
    if (link === shown || link.closest(".headerlink, .backrefs")) return;
    const body = contents(link);
    if (!body.length) return;
    hide();
    box.replaceChildren(...body);
    box.hidden = false;
    shown = link;
    link.setAttribute("aria-describedby", box.id);
    const { left, top, bottom } = link.getClientRects()[0];
    const { offsetWidth: width, offsetHeight: height } = box;
    const page = box.offsetParent.getBoundingClientRect();
    const last = document.documentElement.clientWidth - width - 8;
    const below = bottom + height + 8 < innerHeight || top < height + 8;
    box.style.left = `${Math.max(8, Math.min(left, last)) - page.left}px`;
    box.style.top = `${(below ? bottom + 6 : top - height - 6) - page.top}px`;
  };
  const later = (run, delay) => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };

  const linkAt = ({ target }) => box.contains(target) ? null : target.closest(".bd-article a[href]");
  addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (!box.contains(event.target) && linkAt(event) !== shown) hide();
  });
  addEventListener("click", (event) => {
    const link = linkAt(event);
    if (touched && link && link !== shown) {
      show(link);
      if (link === shown) return event.preventDefault();
    }
    hide();
  });
  addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = linkAt(event);
    if (box.contains(event.target)) clearTimeout(timer);
    else if (link) later(() => show(link), 200);
    else later(() => document.activeElement !== shown && hide(), 300);
  });
  addEventListener("focusin", ({ target }) => {
    const link = linkAt({ target });
    if (!touched && link === target && link.matches(":focus-visible")) show(link);
  });
  addEventListener("focusout", ({ target }) => target === shown && hide());
  addEventListener("keydown", ({ key }) => {
    touched = false;
    if (key === "Escape") hide();
  });
}
