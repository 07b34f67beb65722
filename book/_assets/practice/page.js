/* 练习页：每道题一个编辑框与几个按钮；题目索引：做到哪里了。 */
import { canKeep, fill, forgetAll, read, recall, remember, save, zip } from "./answers.js";
import { button, codeArea, make, MB } from "./elements.js";
import { Python } from "./python.js";

const here = import.meta.url;
const KEPT = canKeep();
const KEYS = matchMedia("(pointer: coarse)").matches ? "" : "Ctrl+Enter 检查";

export function start(settings) {
  settings.base = new URL(settings.base, document.baseURI).href;
  const python = new Python(settings, here);
  const boxes = [...document.querySelectorAll(".practice")].map(
    (element) => new Box(element, python, settings),
  );
  if (boxes.length) addTools(boxes, settings);
  const indexes = [...document.querySelectorAll(".exercise-index")];
  indexes.forEach((index) => mark(index, settings));
  const whole = indexes.find((index) => index.hasAttribute("data-whole"));
  if (whole) addIndexTools(whole, settings, () => indexes.forEach((index) => mark(index, settings)));
  addEventListener("storage", () => indexes.forEach((index) => mark(index, settings)));
}

class Box {
  constructor(element, python, settings) {
    const { exercise, name, title } = element.dataset;
    Object.assign(this, { element, python, settings, id: exercise, name, title });
    this.printed = [".cell_input pre", ".cell_output pre"].map((name) => element.querySelector(name));
    this.blank = this.printed.map((pre) => pre.innerHTML);
    this.stub = this.printed[0].textContent.replace(/\n$/, "");
    const label = `${title}：你的代码`;
    const area = codeArea(label);
    this.editor = {
      dom: area, focus: () => area.focus(), get: () => area.value,
      set: (value) => ((area.value = value), this.fit()),
    };
    area.addEventListener("focus", () => this.upgrade(label), { once: true });
    area.addEventListener("input", () => (this.fit(), this.changed(area.value)));
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.check();
      }
    });
    this.go = button("检查", () => this.check(), "practice-button practice-go");
    this.go.title = "Ctrl+Enter 或 ⌘+Enter";
    this.halt = button("停止", () => python.byHand());
    this.halt.hidden = true;
    this.reset = button("还原", () => this.restore());
    this.help = make("span", "practice-help", KEYS);
    this.bar = make("progress", "", "", { "aria-label": "正在取来 Python" });
    this.amount = make("span", "practice-amount");
    this.progress = make("div", "practice-progress");
    this.progress.append(this.bar, this.amount);
    this.progress.hidden = true;
    this.output = make("pre", "practice-output", "", { "aria-label": "打印的内容", tabindex: "0" });
    this.output.hidden = true;
    this.verdict = make("div", "practice-verdict", "", { role: "status", "aria-live": "polite" });
    const tools = make("div", "practice-bar");
    tools.append(this.go, this.halt, this.reset, this.help);
    element.append(area, tools, this.progress, this.output, this.verdict);
    element.classList.add("practice-on");
    addEventListener("beforeprint", () => this.print());
    this.load();
  }

  /** 换上记着的答案；没有就是空壳。 */
  load() {
    const { code, state } = recall(this.id);
    this.editor.set(code ?? this.stub);
    this.show(state);
    this.say("");
    this.output.hidden = true;
  }

  fit() {
    const area = this.editor.dom;
    if (area.tagName === "TEXTAREA") area.rows = area.value.split("\n").length + 1;
  }

  show(state) {
    this.state = state;
    this.element.dataset.state = state ?? "";
  }

  keep() {
    const code = this.editor.get();
    const plain = code === this.stub && !this.state;
    if (!remember(this.id, plain ? {} : { code, state: this.state })) this.settings.onBlocked?.();
  }

  changed() {
    this.show(undefined);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 300);
  }

  /** 第一次点进来，把文本框换成有高亮、缩进、撤销的编辑器；取不到就用文本框。 */
  async upgrade(label) {
    if (!this.settings.editor) return;
    const area = this.editor.dom;
    const { createEditor } = await import(new URL("editor.js", here)).catch(() => ({}));
    if (!createEditor || !area.isConnected) return;
    const focused = document.activeElement === area;
    const holder = make("div", "practice-code");
    const { value: text, selectionStart: anchor } = area;
    area.replaceWith(holder);
    this.editor = createEditor({
      parent: holder, text, anchor, label: `${label}。Tab 缩进；按 Esc 再按 Tab 离开`,
      onChange: () => this.changed(), onCheck: () => this.check(),
    });
    if (focused) this.editor.focus();
  }

  /** 印在纸上的是笔记本的单元：换上你的代码与结论。 */
  print() {
    const code = this.editor.get();
    const [cell, output] = this.printed;
    if (code === this.stub) return this.printed.forEach((pre, k) => (pre.innerHTML = this.blank[k]));
    const told = { passed: "通过", failed: "未通过" }[this.state] ?? "还没有检查";
    cell.textContent = code;
    output.textContent = this.verdict.textContent || `${told}　${this.title}`;
  }

  restore() {
    const now = this.editor.get();
    if (now !== this.stub && !confirm("还原成空壳，删掉你写在这道题里的代码？")) return;
    remember(this.id, {});
    clearTimeout(this.timer);
    this.editor.set(this.stub);
    clearTimeout(this.timer);
    this.show(undefined);
    this.say("");
    this.output.hidden = true;
    this.editor.focus();
  }

  say(text) {
    this.verdict.replaceChildren(...(text ? [make("pre", "", text)] : []));
  }

  async check() {
    if (this.python.busy) return this.say("先等另一道题检查完，或把它停下。");
    this.python.busy = true;
    this.go.setAttribute("aria-disabled", "true");
    this.output.textContent = "";
    this.output.hidden = true;
    this.say("");
    const source = this.editor.get();
    let printed = "";
    try {
      const result = await this.python.check(
        { id: this.id, name: this.name, source },
        {
          progress: (done, total) => this.advance(done, total),
          started: () => {
            this.progress.hidden = true;
            this.halt.hidden = false;
            this.help.textContent = "正在检查……";
          },
          output: (text) => {
            this.output.hidden = false;
            this.output.textContent = printed += text;
          },
        },
      );
      this.say(result.text);
      if (this.editor.get() === source) this.show(result.passed ? "passed" : "failed");
    } catch (error) {
      this.say(`没有运行　取不到浏览器里的 Python：${error.message}。检查网络，再按一次。`);
    }
    this.python.busy = false;
    clearTimeout(this.timer);
    this.keep();
    this.progress.hidden = this.halt.hidden = true;
    this.help.textContent = KEYS;
    this.go.removeAttribute("aria-disabled");
  }

  advance(done, total) {
    this.progress.hidden = false;
    this.bar.max = total;
    if (done < total) this.bar.value = done;
    else this.bar.removeAttribute("value");
    this.amount.textContent = done < total
      ? `正在取来 Python：${MB(done)} / ${MB(total)} MB`
      : "正在启动 Python……";
  }
}

/** 一章的工具：导出、导入；先说清要下载多少，答案留在哪里。 */
function addTools(boxes, settings) {
  const { size, chapters } = settings;
  const chapter = chapters.find(({ ids }) => ids.includes(boxes[0].id));
  const tools = make("div", "practice-tools");
  const told = make("p", "practice-note", `按“检查”才取来 Python：首次约 ${Math.ceil(size / 1e6)} MB，`
    + "以后不再下载，都来自本站。用到的软件与");
  const licenses = make("a", "", "许可", { href: settings.licenses });
  told.append(licenses, "。");
  const place = make("p", "practice-note");
  const status = make("p", "practice-note", "", { role: "status" });
  const where = () => {
    place.textContent = KEPT && !settings.blocked
      ? "答案只留在这个浏览器里；导出成笔记本，可以交作业，也可以在 JupyterLab 里打开。"
      : "这个浏览器不许网页存东西：关掉这一页，答案就没有了。走之前请导出。";
  };
  settings.onBlocked = () => ((settings.blocked = true), where());
  where();
  const bar = make("div", "practice-bar");
  bar.append(
    button("导出 .ipynb", async () => {
      const answers = boxes.map((box) => [box.id, box.editor.get(), box.stub]);
      const written = answers.filter(([, code, stub]) => code !== stub);
      const text = await fetched(chapter).catch((error) => (status.textContent = error.message, ""));
      if (text) save(`${chapter.name}.ipynb`, fill(text, written), "application/x-ipynb+json");
    }),
    ...importer(settings, status, (found) => {
      const known = new Map(boxes.map((box) => [box.id, box]));
      for (const [id] of found) known.get(id)?.load();
      if (!KEPT) for (const [id, code] of found) known.get(id)?.editor.set(code);
    }),
  );
  tools.append(told, place, bar, status);
  boxes[0].element.closest("section").before(tools);
}

async function fetched({ notebook, title }) {
  const reply = await fetch(new URL(notebook, document.baseURI));
  if (!reply.ok) throw new Error(`取不到《${title}》的笔记本（${reply.status}）`);
  return reply.text();
}

/** 导入按钮与它藏着的文件框。 */
function importer(settings, status, loaded) {
  const input = make("input", "", "", { type: "file", accept: ".ipynb", multiple: "" });
  input.hidden = true;
  const ids = settings.chapters.flatMap((chapter) => chapter.ids);
  input.addEventListener("change", async () => {
    const told = [];
    for (const file of input.files) {
      try {
        const found = read(await file.text(), ids);
        for (const [id, code] of found) if (recall(id).code !== code) remember(id, { code });
        loaded(found);
        told.push(`${file.name}：读进 ${found.length} 道题的代码`);
      } catch (error) {
        told.push(`${file.name}：${error.message}`);
      }
    }
    status.textContent = told.join("；");
    input.value = "";
  });
  return [button("导入 .ipynb", () => input.click()), input];
}

const MARKS = { passed: ["✓", "已通过"], failed: ["✗", "还没有通过"], written: ["…", "写了，没有检查"] };

/** 在题目索引里标出每道题做到哪里了。 */
function mark(index, { chapters }) {
  const known = new Map(chapters.flatMap(({ ids }) => ids).map((id) => [id.replace("/", "-"), id]));
  let passed = 0, all = 0;
  for (const link of index.querySelectorAll("td:first-child a")) {
    const id = known.get(link.hash.slice(1));
    if (!id) continue;
    const { code, state } = recall(id);
    all += 1;
    passed += state === "passed";
    link.parentElement.querySelector(".practice-mark")?.remove();
    const [sign, words] = MARKS[state ?? (code === undefined ? "" : "written")] ?? [];
    if (!sign) continue;
    const badge = make("span", "practice-mark", sign, { role: "img", "aria-label": words, title: words });
    badge.dataset.state = state ?? "written";
    link.before(badge);
  }
  index.querySelector(".practice-count")?.remove();
  if (passed) index.prepend(make("p", "practice-count", `通过了 ${all} 道题里的 ${passed} 道。`));
}

/** 练习总览的工具：导出全部、导入、删除。 */
function addIndexTools(index, settings, refresh) {
  const status = make("p", "practice-note", KEPT ? "" :
    "这个浏览器不许网页存东西：关掉练习页，答案就没有了。", { role: "status" });
  const bar = make("div", "practice-bar");
  bar.append(
    button("导出全部章（.zip）", async () => {
      try {
        const files = await Promise.all(settings.chapters.map(async (chapter) => {
          const kept = chapter.ids.map((id) => [id, recall(id).code]);
          const written = kept.filter(([, code]) => code !== undefined);
          return [`${chapter.name}.ipynb`, fill(await fetched(chapter), written)];
        }));
        save("exercises.zip", zip(files), "application/zip");
      } catch (error) {
        status.textContent = error.message;
      }
    }),
    ...importer(settings, status, refresh),
    button("删除我的全部答案", () => {
      if (!confirm("删掉这个浏览器里你的全部答案与记号？删了找不回来。")) return;
      forgetAll();
      refresh();
      status.textContent = "都删掉了。";
    }),
  );
  const tools = make("div", "practice-tools");
  tools.append(bar, status);
  index.before(tools);
}
