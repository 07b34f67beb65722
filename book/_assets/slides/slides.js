// 放映：键盘、讲稿、总览、打印都由 reveal.js 管；这里只说清大小，和焦点在图上时哪些键归图。
(() => {
  const TURN = { PageDown: "next", PageUp: "prev" };
  const printing = /print-pdf|view=print/.test(location.search);
  const operated = () => document.activeElement?.closest(".live, .quiz");

  // 打印时各张排在一起，图都要取来。
  if (printing) for (const image of document.images) image.loading = "eager";
  else {
    for (const notes of document.querySelectorAll("aside.notes"))
      for (const image of notes.querySelectorAll("img")) image.remove();
  }

  // 手在图上划，是操作图，不是翻页。
  for (const box of document.querySelectorAll(".live-output, .quiz, pre"))
    box.setAttribute("data-prevent-swipe", "");

  Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    maxScale: 4,
    center: false,
    controlsTutorial: false,
    hash: true,
    help: false,
    transition: "none",
    backgroundTransition: "none",
    slideNumber: "c/t",
    pdfMaxPagesPerSlide: 1,
    scrollActivationWidth: null,
    keyboardCondition: (event) => !operated() || event.key === "Escape",
    plugins: [window.RevealNotes].filter(Boolean), // Safari 16.4 以前读不懂 notes.js，照样放映
  });

  // 焦点在图上时方向键归图，翻页笔的两个键照样翻页；Esc 放下图。
  addEventListener(
    "keydown",
    (event) => {
      if (!operated()) return;
      if (event.key in TURN) Reveal[TURN[event.key]]();
      else if (event.key === "Escape") document.activeElement.blur();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // 可操作的图：画在左边，按钮、滑块与读数在右边；还放不下就整个缩小。
  // 画高出太多，最下面的一幅就挪到右边，按钮与滑块换到左边。
  const SIDE = ".live-buttons, .live-choices, .live-story, .live-player, .live-controls, .live-slider, .live-readout, .live-credit";
  const UNDER = ":scope > :is(.live-buttons, .live-controls)";
  const arrange = (live) => {
    const room = live.closest(".body").clientHeight; // 还没有轮到这一张，就是 0
    if (!room || live.querySelector(":scope > .live-side")) return;
    const [drawing, side] = [document.createElement("div"), document.createElement("div")];
    for (const part of [...live.children]) (part.matches(SIDE) ? side : drawing).append(part);
    side.className = "live-side";
    live.append(drawing, side);
    const lower = drawing.querySelector(":scope > .live-panels ~ .live-panel");
    if (lower && drawing.offsetHeight > 1.25 * room) {
      live.classList.add("three");
      side.prepend(lower);
      drawing.append(...side.querySelectorAll(UNDER));
    }
    const observer = new ResizeObserver(() => fit(live)); // 读数换了，高也变
    for (const part of [drawing, side]) observer.observe(part);
  };
  const fit = (live) => {
    const room = live.closest(".body").clientHeight;
    if (!room) return;
    let scale = 1; // 不用 zoom：Safari 在它里面量到的大小与位置是缩小以前的
    const tooTall = () => {
      live.style.setProperty("--across", `${1160 / scale}px`);
      return live.offsetHeight * scale > room;
    };
    while (tooTall() && scale > 0.54) scale -= 0.04;
    live.style.transform = `scale(${scale})`;
    live.style.marginBottom = `${live.offsetHeight * (scale - 1)}px`;
  };
  const refit = () => {
    for (const live of Reveal.getCurrentSlide().querySelectorAll(".live")) {
      arrange(live);
      fit(live);
    }
  };
  const drawn = ({ target }) =>
    requestAnimationFrame(() => {
      arrange(target);
      fit(target);
    });
  addEventListener("live:drawn", drawn, true);
  const turned = () => {
    document.body.classList.toggle("first", Reveal.isFirstSlide());
    refit();
  };
  for (const event of ["ready", "slidechanged"]) Reveal.on(event, turned);
})();
