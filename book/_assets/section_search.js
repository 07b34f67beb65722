// 检索页：在每一节里找读者输入的词，排好次序，标出找到的地方。
const WEIGHT = { chapter: 1, exercise: 0.25, other: 0.15 };
const MOST_RESULTS = 40;
const SNIPPET = 90;
const { sections, terms, traditional } = globalThis.searchIndex;
const simplified = new Map(Object.entries(traditional));

// 查询与正文折成同一种写法；折正文时长度不变，好在原文里标出来
const fold = (text) =>
  text.toLowerCase().replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
const foldQuery = (text) =>
  fold(text.normalize("NFKC")).replace(/./gu, (c) => simplified.get(c) ?? c).trim();

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// 西文从词头认起；Safari 16.4 以前读不懂 (?<!，换成差不多的 \b
const wordStart = (() => {
  const exact = "(?<![a-z0-9])";
  try { return new RegExp(exact) && exact; } catch { return "\\b"; }
})();

// 一个词的各种说法合成一个模式
function pattern(names) {
  const one = (name) => (/^[a-z0-9]/.test(name) ? wordStart : "") + escaped(name);
  const longest = [...names].sort((a, b) => b.length - a.length);
  return new RegExp(longest.map(one).join("|"), "g");
}

const knownTerms = terms.map(({ names, defined }) => ({ names: names.map(fold), defined, shown: names[0] }));

// 整个查询是一个术语（learning rate）就不拆开
function wordsOf(query) {
  const whole = knownTerms.some(({ names }) => names.includes(query));
  const words = whole ? [query] : query.split(/[\s,、;]+/).filter(Boolean);
  return words.map((word) => {
    const same = knownTerms.filter(({ names }) => names.includes(word));
    const names = new Set([word, ...same.flatMap(({ names }) => names)]);
    return { word, pattern: pattern(names) };
  });
}

// 第 k 节定义了这个词，或者定义了含有这个词的术语
function defines(k, word) {
  const shares = knownTerms
    .filter(({ defined }) => defined === k)
    .flatMap(({ names }) => names)
    .filter((name) => name.includes(word))
    .map((name) => (name === word ? 100 : (30 * word.length) / name.length));
  return Math.max(0, ...shares);
}

const folded = sections.map(({ title, text }) => ({ title: fold(title), text: fold(text) }));

function score(k, words) {
  const { title, text } = folded[k];
  let total = 0;
  for (const { word, pattern } of words) {
    if (title === word) total += 80 * WEIGHT[sections[k].kind];
    const inTitle = title.match(pattern)?.length ?? 0;
    const inText = text.match(pattern)?.length ?? 0;
    if (!inTitle && !inText) return 0;
    const plain = 12 * Math.min(inTitle, 1) + Math.min(inText, 6);
    total += plain * WEIGHT[sections[k].kind] + defines(k, word);
  }
  return total;
}

function search(words) {
  return sections
    .map((section, k) => ({ section, k, score: score(k, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.k - b.k);
}

// 把找到的词包进 <mark>
function* marked(text, words) {
  const any = new RegExp(words.map(({ pattern }) => pattern.source).join("|"), "g");
  let from = 0;
  for (const match of fold(text).matchAll(any)) {
    yield text.slice(from, match.index);
    from = match.index + match[0].length;
    yield element("mark", text.slice(match.index, from));
  }
  yield text.slice(from);
}

function element(name, ...content) {
  const node = document.createElement(name);
  node.append(...content);
  return node;
}

// 第一次写到这个词的前后一小段
function snippet(text, words) {
  const places = words.map(({ pattern }) => fold(text).search(pattern)).filter((at) => at >= 0);
  if (!places.length) return text.slice(0, SNIPPET).replaceAll("\n", " ");
  const first = Math.min(...places);
  const start = Math.max(0, text.lastIndexOf("\n", first) + 1, first - SNIPPET / 3);
  const shown = text.slice(start, start + SNIPPET).replaceAll("\n", " ");
  const cut = start + SNIPPET < text.length;
  return (start && text[start - 1] !== "\n" ? "…" : "") + shown + (cut ? "…" : "");
}

function address({ page, anchor }, words) {
  const highlight = encodeURIComponent(words.map(({ word }) => word).join(" "));
  return `${document.documentElement.dataset.content_root}${page}.html?highlight=${highlight}#${anchor}`;
}

function result(section, words) {
  const { chapter, title, text } = section;
  const link = element("a", ...marked(chapter === title ? title : `${chapter} › ${title}`, words));
  link.href = address(section, words);
  const context = element("p", ...marked(snippet(text, words), words));
  context.className = "context";
  return element("li", link, context);
}

// 一个也没有：字最像的几个术语，和术语表。汉字一个一个比，西文两个字母一组地比
const pieces = (text) =>
  new Set([...text.matchAll(/(?=([a-z]{2}))|([^a-z\s])/g)].map(([, pair, one]) => pair ?? one));

function nearest(query) {
  const asked = pieces(query);
  const likeness = (name) => {
    const own = pieces(name);
    return (2 * [...own].filter((piece) => asked.has(piece)).length) / (own.size + asked.size);
  };
  return knownTerms
    .map(({ names, shown }) => ({ shown, like: Math.max(...names.map(likeness)) }))
    .filter(({ like }) => like > 0.3)
    .sort((a, b) => b.like - a.like)
    .slice(0, 5)
    .map(({ shown }) => shown);
}

function notFound(query) {
  const told = element("p", `书里没有“${query}”。`);
  const near = nearest(query);
  if (near.length) {
    told.append("是不是要找：");
    near.forEach((name, k) => {
      const link = element("a", name);
      link.href = `?q=${encodeURIComponent(name)}`;
      told.append(k ? "、" : "", link);
    });
    told.append("。");
  }
  const glossary = sections.find(({ page }) => page.endsWith("glossary"));
  if (glossary) {
    const link = element("a", "术语表");
    link.href = `${document.documentElement.dataset.content_root}${glossary.page}.html`;
    told.append("全书用的词都在", link, "里。");
  }
  return told;
}

function answer(query) {
  const words = wordsOf(foldQuery(query));
  if (!words.length) return [element("p", "输入一个词，例如“动量”或“终端速度”。")];
  const found = search(words);
  if (!found.length) return [notFound(query)];
  const summary = element("p", `“${query}”：找到 ${found.length} 节`);
  if (found.length > MOST_RESULTS) summary.append(`，列出前 ${MOST_RESULTS} 节`);
  summary.append("。");
  summary.className = "search-summary";
  const list = element("ul", ...found.slice(0, MOST_RESULTS).map(({ section }) => result(section, words)));
  list.className = "search";
  return [summary, list];
}

const asked = new URLSearchParams(location.search).get("q")?.trim() ?? "";
const field = document.querySelector(".bd-search-container form input");
field.value ||= asked; // 已经动手写的不盖掉
document.getElementById("search-results").replaceChildren(...answer(asked));
