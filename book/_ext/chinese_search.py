"""中文全文检索：索引和查询都切成单字与二字，不靠词典。

“动量法”在索引里是 动、量、法、动量、量法；查询“动量法”切成 动量、量法，要求都出现。
没有词典，就没有“词典里没有的词搜不到”。单独一个字也能搜。希腊字母同样切分，所以能搜 μ 与 αλ；
大小写由 Sphinx 在两边统一成小写。
页面一侧的切分写在 ``js_splitter_code``；``chinese_search.js`` 让摘要和高亮用读者输入的整词。
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from chinese_text import HAN
from page_assets import serve_assets
from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx

RUN = rf"[{HAN}]+|[\u0370-\u03ff]+"
SPLIT_QUERY = rf"""
function splitQuery(query) {{
  const terms = new Set();
  for (const run of query.match(/{RUN}|\w+/g) || []) {{
    if (run.length === 1 || /\w/.test(run[0])) terms.add(run);
    else for (let i = 0; i + 1 < run.length; i++) terms.add(run.slice(i, i + 2));
  }}
  return [...terms];
}}
"""


class ChineseBigrams(SearchChinese):
    """把汉字、希腊字母切成单字和相邻的二字，西文照旧。"""

    js_splitter_code = SPLIT_QUERY

    def split(self, text: str) -> list[str]:
        latin = self.latin1_letters.findall(text)
        self.latin_terms.extend(latin)
        terms = list(latin)
        for run in re.findall(RUN, text):
            terms += run
            terms += [first + second for first, second in pairwise(run)]
        return terms

    def word_filter(self, stemmed_word: str) -> bool:
        return bool(re.match(RUN, stemmed_word)) or super().word_filter(stemmed_word)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_search_language(ChineseBigrams)
    serve_assets(app, "chinese_search.js", needed=lambda page, doctree: page == "search")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
