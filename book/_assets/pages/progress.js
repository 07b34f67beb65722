/* 上次读到哪里，哪几章读到了末尾，小测答了几道：都只记在这个浏览器里。
   只在章名下与封面上放一个链接，不自己滚动，也不动焦点。 */
{
  const chapters = JSON.parse(document.getElementById("chapters").textContent);
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const pageAt = ({ pathname }) => pathname.slice(root.pathname.length).replace(/\.html$/, "");
  const here = pageAt(location);
  const PREFIX = "reading:";

  const recall = (page) => {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + page)) ?? {};
    } catch {
      return {};
    }
  };
  const remember = (page, more) => {
    try {
      localStorage.setItem(PREFIX + page, JSON.stringify({ ...recall(page), ...more }));
    } catch { /* 记不下，就当没有读过 */ }
  };
  const answered = (page) => chapters[page].filter((id) => localStorage.getItem(`quiz:${id}`)).length;
  const make = (tag, className, text) =>
    Object.assign(document.createElement(tag), { className, textContent: text });

  /* 章名后面的记号 */
  const mark = () => {
    for (const old of document.querySelectorAll(".progress-mark")) old.remove();
    for (const link of document.querySelectorAll(".bd-links a, .course-map a")) {
      const page = pageAt(link);
      if (!Object.hasOwn(chapters, page)) continue;
      const { at, end } = recall(page);
      const done = answered(page);
      if (!at && !end && !done) continue;
      const all = chapters[page].length;
      const words = [end ? "读到了末尾" : at && "读了一部分", all && `小测答了 ${done} 道，共 ${all} 道`];
      const sign = make("span", "progress-mark", end ? "✓" : "•");
      sign.title = words.filter(Boolean).join("；");
      sign.setAttribute("role", "img");
      sign.setAttribute("aria-label", sign.title);
      if (done) sign.dataset.quizzes = `${done}/${all}`;
      link.after(sign);
    }
  };

  const offer = (page, before, after = "") => {
    const { at, title } = recall(page);
    const link = make("a", "", title);
    link.href = `${new URL(page, root)}.html#${encodeURIComponent(at)}`;
    const line = make("p", "resume", `上次读到${before}`);
    line.append(link, after);
    document.querySelector(".bd-article h1").after(line);
  };

  const record = () => {
    const sections = [...document.querySelectorAll(".bd-article section section[id]")];
    let waiting;
    const note = () => {
      waiting = undefined;
      const passed = sections.filter((one) => one.getBoundingClientRect().top < innerHeight / 3);
      const section = passed.at(-1);
      if (!section || !scrollY) return;
      const heading = section.querySelector("h2, h3, h4").cloneNode(true);
      heading.querySelector(".headerlink")?.remove();
      remember(here, { at: section.id, title: heading.textContent.trim(), when: Date.now() });
    };
    addEventListener("scroll", () => { waiting ??= setTimeout(note, 500); }, { passive: true });
    const foot = document.querySelector(".prev-next-footer");
    if (foot)
      new IntersectionObserver(([seen], observer) => {
        if (!seen.isIntersecting) return;
        observer.disconnect();
        remember(here, { end: true });
        mark();
      }).observe(foot);
  };

  const addForget = (map) => {
    const keys = () => Object.keys(localStorage).filter((key) => /^(reading|quiz|practice):/.test(key));
    if (!keys().length) return;
    const line = make("p", "forget", "读到哪里、小测的答案、写下的练习，都只记在这个浏览器里。");
    const button = make("button", "forget-button", "全部忘掉");
    button.type = "button";
    button.addEventListener("click", () => {
      if (!confirm("忘掉读到哪里、小测的答案和你写下的练习？忘了找不回来。")) return;
      for (const key of keys()) localStorage.removeItem(key);
      mark();
      document.querySelector(".resume")?.remove();
      line.textContent = "都忘掉了。";
    });
    line.append(" ", button);
    line.setAttribute("role", "status");
    document.querySelector(".bd-article > section").append(line);
  };

  mark();
  if (Object.hasOwn(chapters, here)) {
    const { at, end } = recall(here);
    if (at && !end && !location.hash) offer(here, "");
    record();
    for (const quiz of document.querySelectorAll("fieldset.quiz"))
      new MutationObserver(mark).observe(quiz, { attributeFilter: ["data-state"] });
  }
  const map = document.querySelector(".course-map");
  if (map) {
    const last = Object.keys(chapters).filter((page) => recall(page).at)
      .sort((one, other) => recall(other).when - recall(one).when)[0];
    if (last) {
      const name = [...map.querySelectorAll("a")].find((link) => pageAt(link) === last);
      offer(last, `《${name.textContent}》的`);
    }
    addForget(map);
  }
}
