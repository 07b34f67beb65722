/* 学生的答案：记在浏览器里；导出成这一章真正的笔记本，也从它导入。 */
const PREFIX = "practice:";

/** 浏览器让不让记；不让的时候，layout.html 用这一页的内存代替。 */
export function canKeep() {
  if (document.documentElement.dataset.storage === "page") return false;
  try {
    localStorage.setItem(`${PREFIX}?`, "1");
    localStorage.removeItem(`${PREFIX}?`);
    return true;
  } catch {
    return false;
  }
}

/** 一道题记下的：{code, state}；state 是 "passed"、"failed" 或没有。 */
export function recall(id) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + id));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/** 记下一道题；什么也没有就忘掉它。记不下时返回 false。 */
export function remember(id, kept) {
  try {
    if (kept.code === undefined) localStorage.removeItem(PREFIX + id);
    else localStorage.setItem(PREFIX + id, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forgetAll() {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, k) => localStorage.key(k));
    for (const key of keys) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch { /* 不许存储，就没有可忘的 */ }
}

const key = (id) => id.replace("/", "-");
const lines = (text) => text.match(/[^\n]*\n|[^\n]+/g) ?? [""];
const joined = (source) => (Array.isArray(source) ? source.join("") : source);

/** 把一章的答案写进它的笔记本（JSON 文字）：单元的 id 与元数据不变，答过的题清掉旧的输出。 */
export function fill(text, answers) {
  const notebook = JSON.parse(text);
  for (const [id, code] of answers) {
    for (const cell of notebook.cells) {
      if (cell.id === `${key(id)}-answer`) cell.source = lines(code);
      else if (cell.id !== key(id)) continue;
      Object.assign(cell, { outputs: [], execution_count: null });
    }
  }
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** 一本笔记本里的答案：[[编号, 代码], …]；不是这门课的笔记本就说明白。 */
export function read(text, ids) {
  let notebook;
  try {
    notebook = JSON.parse(text);
  } catch {
    throw new Error("不是笔记本：读不出 JSON");
  }
  const wanted = new Map(ids.map((id) => [`${key(id)}-answer`, id]));
  const found = [];
  for (const cell of notebook?.cells ?? []) {
    const id = wanted.get(cell?.metadata?.nbgrader?.grade_id ?? cell?.id);
    if (id && cell.cell_type === "code") found.push([id, joined(cell.source ?? "")]);
  }
  if (!found.length) throw new Error("里面没有这门课的答案单元");
  return found;
}

export function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc32 = (bytes) =>
  ~bytes.reduce((crc, byte) => TABLE[(crc ^ byte) & 255] ^ (crc >>> 8), ~0) >>> 0;

/** 不压缩的 zip：[[名字, 文字], …]。 */
export function zip(files) {
  const local = [], central = [];
  let offset = 0;
  for (const [name, text] of files) {
    const label = new TextEncoder().encode(name), bytes = new TextEncoder().encode(text);
    const common = [20, 0x800, 0, 0, 33];  // 版本、UTF-8 的名字、不压缩、时间、1980-01-01
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const head = record(0x04034b50, common, sizes, [label.length, 0]);
    local.push(head, label, bytes);
    const tail = [label.length, 0, 0, 0, 0, 0, 0];
    central.push(record(0x02014b50, [20, ...common], sizes, tail, [offset]), label);
    offset += head.length + label.length + bytes.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = [0, 0, files.length, files.length];
  return new Blob([...local, ...central, record(0x06054b50, end, [size, offset], [0])]);
}

/** 交替的 16 位与 32 位小端数，开头是 32 位的记号。 */
function record(mark, ...groups) {
  const bytes = [];
  const write = (value, count) => {
    for (let i = 0; i < count; i++) bytes.push((value >>> (8 * i)) & 255);
  };
  write(mark, 4);
  groups.forEach((group, i) => group.forEach((value) => write(value, i % 2 ? 4 : 2)));
  return Uint8Array.from(bytes);
}
