/* 运行本章：代码单元变成编辑框，依次运行；要运行的一格之前还没有运行的，先运行。 */
import { button, codeArea, make, MB } from "./elements.js";
import { Python } from "./python.js";

const here = import.meta.url;
const LOST = "变量都没有了：再运行哪一格，会先把它前面的重新运行。";
const BY_HAND = `停下了　${LOST}`;
const BROKEN = `停下了　Python 出了它自己也收拾不了的错，多半是内存用完了。${LOST}`;

export async function start(settings, bar) {
  settings.base = new URL(settings.base, document.baseURI).href;
  bar.querySelector("button").disabled = true;
  await Promise.all(["chapter.css", new URL(settings.style, document.baseURI)].map(styled));
  const { createEditor } = settings.editor
    ? await import(new URL("editor.js", here)).catch(() => ({})) : {};
  new Chapter(settings, bar, createEditor);
}

/** 加上一个样式表，等它取到。 */
function styled(name) {
  const link = make("link", "", "", { rel: "stylesheet", href: new URL(name, here).href });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

/** 显示或藏起一个按钮；藏起时光标正在它上面，就移到 other。 */
function toggle(one, shown, other) {
  if (!shown && document.activeElement === one) other.focus();
  one.hidden = !shown;
}

class Chapter {
  constructor(settings, bar, createEditor) {
    this.python = new Python(settings, here);
    this.fresh = new Set();  // 在现在这个 Python 里运行过的
    const elements = [...document.querySelectorAll(".bd-article .cell")];
    this.cells = elements.map((element, i) => new Cell(this, element, i + 1, settings.cells[i]))
      .filter((cell) => cell.open(createEditor));
    this.addBar(bar, settings);
    this.say("正在取来 Python……");
    this.python.start((done, total) => this.advance(done, total)).then(
      () => this.ready(), (error) => this.fail(error),
    );
  }

  addBar(bar, settings) {
    this.all = button("全部运行", () => this.runAll(), "practice-button practice-go");
    this.halt = button("停止", () => this.stop());
    this.halt.hidden = true;
    this.bar = make("progress", "", "", { "aria-label": "正在取来 Python" });
    this.status = make("span", "practice-help chapter-status", "", { role: "status" });
    const keys = make("p", "practice-note chapter-keys",
      "在代码框里：Ctrl+Enter（⌘+Enter）运行这一格，Shift+Enter 运行并到下一格。前面还没有运行的，会先运行。"
      + "改动只在这一页，离开就没有了。用到的软件与照片的");
    keys.append(make("a", "", "许可", { href: new URL(settings.licenses, document.baseURI).href }), "。");
    bar.replaceChildren(this.all, this.halt, this.bar, this.status, keys);
    this.all.focus({ preventScroll: true });
  }

  advance(done, total) {
    this.bar.hidden = false;
    this.bar.max = total;
    if (done < total) this.bar.value = done;
    else this.bar.removeAttribute("value");
    this.status.ariaLive = "off";  // 每个数都念，就听不成了
    this.status.textContent = done < total
      ? `正在取来 Python：${MB(done)} / ${MB(total)} MB` : "正在启动 Python……";
  }

  ready() {
    this.bar.hidden = true;
    if (!this.busy) this.say("Python 好了，可以运行。");
  }

  fail(error) {
    this.bar.hidden = true;
    this.say(`取不到浏览器里的 Python：${error.message}。检查网络，再按一次运行。`);
  }

  say(text) {
    this.status.ariaLive = "polite";
    this.status.textContent = text;
  }

  runAll() {
    this.fresh.clear();
    return this.run(this.cells);
  }

  /** 运行到 cell：前面还没有运行的先运行。 */
  runTo(cell) {
    const before = this.cells.slice(0, this.cells.indexOf(cell));
    return this.run([...before.filter((one) => !this.fresh.has(one)), cell]);
  }

  /** 依次运行几格，出错或停下就不再往后。 */
  async run(cells) {
    if (this.busy) return this.say("先等正在运行的那一格，或把它停下。");
    this.busy = true;
    this.all.setAttribute("aria-disabled", "true");
    let ended = "";
    try {
      for (const [k, cell] of cells.entries()) {
        const result = await this.runOne(cell, cells.length > 1 ? `（${k + 1}/${cells.length}）` : "");
        if (!result.passed) {
          ended = `第 ${cell.number} 格${result.stopped ? "停下了" : "出错了"}。`;
          break;
        }
      }
    } catch (error) {
      this.fail(error);
      ended = this.status.textContent;
    }
    this.busy = false;
    toggle(this.halt, false, this.all);
    this.all.removeAttribute("aria-disabled");
    this.say(ended || (cells.length > 1 ? `${cells.length} 格运行完了。` : `第 ${cells[0].number} 格运行完了。`));
  }

  async runOne(cell, count) {
    cell.begin();
    const result = await this.python.ask(
      { kind: "cell", number: cell.number, source: cell.editor.get() },
      {
        progress: (done, total) => this.advance(done, total),
        started: () => {
          this.bar.hidden = true;
          toggle(this.halt, true, this.all);
          this.say(`正在运行第 ${cell.number} 格${count}……`);
          cell.running(true);
        },
        output: (text) => cell.print(text),
        picture: (png) => cell.show(png),
      },
    ).finally(() => cell.running(false));
    if (result.stopped) {
      this.fresh.clear();
      result.text = this.halted ? BY_HAND : BROKEN;
      this.halted = false;
    }
    if (result.passed) this.fresh.add(cell);
    cell.end(result);
    return result;
  }

  stop() {
    this.halted = Boolean(this.python.job);
    this.python.byHand();
  }

  /** 光标到下一格。 */
  next(cell) {
    const after = this.cells[this.cells.indexOf(cell) + 1];
    if (!after) return;
    const fold = after.element.querySelector("details");
    if (fold) fold.open = true;
    after.editor.focus();
    after.element.scrollIntoView({ block: "nearest" });
  }
}

class Cell {
  constructor(chapter, element, number, about = {}) {
    Object.assign(this, { chapter, element, number, about });
    this.input = element.querySelector(".cell_input");
    this.stored = [...element.querySelectorAll(":scope > .cell_output")];
  }

  /** 变成能改、能运行的；不能运行的只说一句为什么，返回 false。 */
  open(createEditor) {
    const { live, cannot, slow, differs } = this.about;
    if (live) return false;
    const tools = make("div", "practice-bar chapter-tools");
    const place = this.input.closest("details") ?? this.input;
    place.after(tools);
    if (cannot) {
      tools.append(make("span", "practice-help", `网页里不能运行这一格：${cannot}`));
      return false;
    }
    this.source = this.input.querySelector("pre").textContent.replace(/\n$/, "");
    this.edit(createEditor);
    this.go = button("运行", () => this.chapter.runTo(this));
    this.go.setAttribute("aria-label", `运行第 ${this.number} 格`);
    this.halt = button("停止", () => this.chapter.stop());
    this.halt.hidden = true;
    this.reset = button("还原", () => this.restore());
    this.reset.setAttribute("aria-label", `还原第 ${this.number} 格`);
    this.reset.hidden = true;
    const notes = [
      slow && `这一格要算得久：普通的电脑上约${slow}。`,
      differs && `这里的输出与书上的不全一样：${differs}`,
    ];
    tools.append(this.go, this.halt, this.reset,
      make("span", "practice-help", [`第 ${this.number} 格`, ...notes.filter(Boolean)].join("　")));
    this.output = make("div", "cell_output docutils container chapter-output");
    this.output.hidden = true;
    tools.after(this.output);
    this.element.classList.add("chapter-on");
    return true;
  }

  edit(createEditor) {
    const label = `第 ${this.number} 格的代码`;
    const holder = make("div", createEditor ? "practice-code" : "");
    this.input.append(holder);
    const onChange = () => this.changed();
    if (createEditor) {
      this.editor = createEditor({
        parent: holder, text: this.source, label: `${label}。Tab 缩进；按 Esc 再按 Tab 离开`,
        onChange, onCheck() {},
      });
    } else {
      const area = codeArea(label);
      area.rows = this.source.split("\n").length + 1;
      area.value = this.source;
      area.addEventListener("input", onChange);
      holder.append(area);
      this.editor = {
        focus: () => area.focus(), get: () => area.value,
        set: (value) => ((area.value = value), onChange()),
      };
    }
    holder.addEventListener("keydown", (event) => {
      const onward = event.shiftKey && !event.ctrlKey && !event.metaKey;
      if (event.key !== "Enter" || event.isComposing) return;
      if (!onward && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.chapter.runTo(this);
      if (onward) this.chapter.next(this);
    }, true);
  }

  changed() {
    this.reset.hidden = this.output.hidden && this.editor.get() === this.source;
  }

  /** 代码与输出都回到书上的。 */
  restore() {
    this.editor.set(this.source);
    this.empty();
    this.output.hidden = true;
    for (const one of this.stored) one.hidden = false;
    this.changed();
    this.editor.focus();
  }

  empty() {
    for (const image of this.output.querySelectorAll("img")) URL.revokeObjectURL(image.currentSrc);
    this.output.replaceChildren();
    this.printed = null;
  }

  begin() {
    this.empty();
    this.element.dataset.state = "";
  }

  running(now) {
    if (now) this.go.setAttribute("aria-disabled", "true");
    else this.go.removeAttribute("aria-disabled");
    toggle(this.halt, now, this.go);
    this.element.setAttribute("aria-busy", now);
  }

  /** 新的输出来了，书上的收起。 */
  turn() {
    for (const one of this.stored) one.hidden = true;
    this.output.hidden = this.reset.hidden = false;
  }

  print(text) {
    this.turn();
    if (!this.printed) this.output.append((this.printed = make("pre", "chapter-text")));
    this.printed.textContent += text;
  }

  show(png) {
    this.turn();
    const alt = this.editor.get() === this.source
      ? this.element.querySelector(".cell_output img")?.alt ?? "这一格画的图" : "改过的代码画的图";
    const image = make("img", "", "", { alt });
    image.srcset = `${URL.createObjectURL(new Blob([png], { type: "image/png" }))} 2x`;
    this.output.append(image);
    this.printed = null;
  }

  end({ text, passed }) {
    this.element.dataset.state = passed ? "passed" : "failed";
    if (text) {
      this.turn();
      this.output.append(make("pre", "chapter-error", text, { role: "alert" }));
    } else if (!this.output.hasChildNodes()) this.turn();
  }
}
