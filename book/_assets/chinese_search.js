// 检索页：摘要与高亮用读者输入的整词；公式只留一份；空查询给一句话。
const form = document.querySelector("form.bd-search");
const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
const words = query.toLowerCase().split(/\s+/).filter(Boolean);

if (form && !words.length) {
  document.getElementById("search-results").textContent = "输入一个词，例如“动量”或“终端速度”。";
}

const parseQuery = Search._parseQuery;
Search._parseQuery = (text) => {
  const parsed = parseQuery(text);
  parsed[3] = new Set(words);
  try {
    localStorage.setItem("sphinx_highlight_terms", words.join(" "));
  } catch { /* 不能存储时，只是不高亮 */ }
  return parsed;
};

// 公式在页面里有三份（读屏用的、源码、画出来的），摘要只要一份
const htmlToText = Search.htmlToText;
Search.htmlToText = (html, anchor) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("annotation, .katex-html").forEach((element) => element.remove());
  return htmlToText(page.documentElement.outerHTML, anchor);
};

const makeSearchSummary = Search.makeSearchSummary;
Search.makeSearchSummary = (html, keywords, anchor) => {
  const text = Search.htmlToText(html, anchor).toLowerCase();
  const found = words.filter((word) => text.includes(word));
  return makeSearchSummary(html, found.length ? new Set(found) : keywords, anchor);
};
