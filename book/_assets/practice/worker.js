/* 浏览器里的 Python，在自己的线程里：停不下来时，页面把它整个换掉。 */
const NEEDED = "concurrent.futures, csv, dataclasses, difflib, email.message, hashlib, "
  + "importlib.metadata, json, pickle, platform, random, tarfile, tempfile, traceback, zipfile";
let python;

onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") await start(data);
    else work(data);
  } catch (error) {
    postMessage({ kind: "broken", text: String(error?.message ?? error) });
  }
};

async function start({ base, version, files, packages }) {
  const store = await openStore(version);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  const report = (bytes) => postMessage({ kind: "progress", done: (done += bytes), total });
  const entries = files.map(async ({ name, bytes }) => {
    const url = new URL(name, base).href;
    const key = name.split("/").pop().replace(/\.gz$/, "");
    return [key, await unpacked(await obtain(url, bytes, store, report))];
  });
  const contents = new Map(await Promise.all(entries));
  postMessage({ kind: "loaded" });

  const network = self.fetch;  // 文件都在手里了，Pyodide 再要时直接给它
  self.fetch = async (request, options) => {
    const name = String(request.url ?? request).split("/").pop();
    if (!contents.has(name)) return network(request, options);
    const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return new Response(contents.get(name), { headers: { "Content-Type": type } });
  };
  for (const name of ["pyodide.asm.js", "pyodide.js"]) {
    const url = URL.createObjectURL(new Blob([contents.get(name)], { type: "text/javascript" }));
    importScripts(url);
    URL.revokeObjectURL(url);
  }
  const env = { HOME: "/home/pyodide", MPLBACKEND: "agg", TQDM_DISABLE: "1" };
  python = await awaken({ indexURL: base, env, stdin: () => null }, store);
  await python.loadPackage(packages);
  const site = python.runPython("import site; site.getsitepackages()[0]");
  for (const [name, content] of contents) {
    if (name.endsWith(".py")) python.FS.writeFile(`${site}/${name}`, new Uint8Array(content));
    else if (name.endsWith(".zip") && name !== "python_stdlib.zip")
      python.unpackArchive(content, "zip", { extractDir: site });
  }
  for (const name of contents.keys())
    if (name.endsWith(".py")) python.pyimport(name.slice(0, -3));
  contents.clear();
  postMessage({ kind: "ready" });
}

/** 起 Python：上次起好时的内存还留着，就接着用；没有就从头起，把内存留给下次。
    NumPy 有自己的机器码，留不住，要在这以后再读进来；它要的标准库先读好。
    接着用以前留个记号，用成了就拿掉：记号还在，是上次没有起来，这次从头起。 */
async function awaken(options, store) {
  if (!store) return loadPyodide(options);
  const kept = `snapshot?${encodeURIComponent(navigator.userAgent)}`;
  const mark = `trying?${encodeURIComponent(navigator.userAgent)}`;
  const snapshot = await store.match(kept);
  const stuck = await store.match(mark);
  const marked = snapshot && !stuck
    && await store.put(mark, new Response()).then(() => true, () => false);
  if (marked) {
    const python = await loadPyodide({ ...options, _loadSnapshot: await snapshot.arrayBuffer() });
    await store.delete(mark);
    python.runPython("import random; random.seed()");  // 不要每次都从同一个数开始
    return python;
  }
  const python = await loadPyodide({ ...options, _makeSnapshot: true });
  python.runPython(`import ${NEEDED}`);
  store.put(kept, new Response(python.makeMemorySnapshot()))
    .then(() => store.delete(mark)).catch(() => null);
  return python;
}

/** 浏览器自己的存储；不许用时（不是 https，或读者关了它）就只靠一般的缓存。 */
async function openStore(version) {
  try {
    const name = `dlbasics-python-${version}`;
    for (const old of await caches.keys())
      if (old.startsWith("dlbasics-python-") && old !== name) await caches.delete(old);
    return await caches.open(name);
  } catch {
    return null;
  }
}

async function obtain(url, bytes, store, report) {
  const kept = await store?.match(url).catch(() => null);
  if (kept) {
    const buffer = await kept.arrayBuffer();
    report(bytes);
    return buffer;
  }
  const reply = await fetch(url);
  if (!reply.ok) throw new Error(`取不到 ${url}（${reply.status}）`);
  const parts = [];
  let counted = 0;
  for (const reader = reply.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    const more = Math.min(value.length, bytes - counted);
    counted += more;
    report(more);
  }
  report(bytes - counted);
  const blob = new Blob(parts);
  await store?.put(url, new Response(blob)).catch(() => null);
  return blob.arrayBuffer();
}

/** 解开 gzip；有的网站已经替我们解开了，看开头两个字节就知道。 */
async function unpacked(buffer) {
  const [first, second] = new Uint8Array(buffer, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return buffer;
  const stream = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** 检查一份答案，或运行一章的一格；打印的字与图，随时送给页面。 */
function work({ kind, ...task }) {
  postMessage({ kind: "running" });
  let waiting = "", sent = 0;
  const flush = () => {
    if (waiting) postMessage({ kind: "output", text: waiting });
    waiting = "";
    sent = Date.now();
  };
  const send = (text) => {
    waiting += text;
    if (Date.now() - sent > 100) flush();
  };
  const picture = (bytes) => {
    flush();
    postMessage({ kind: "picture", png: bytes.toJs() });
  };
  const result = kind === "check"
    ? python.pyimport("runner").run(task.id, task.name, task.source, send)
    : python.pyimport("chapter").run(task.number, task.source, send, picture);
  flush();
  const [text, passed] = result.toJs();
  result.destroy();
  postMessage({ kind: "verdict", text, passed });
}
