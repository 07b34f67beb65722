"""中文全文检索：索引和查询都切成单字与二字，不靠词典。

「动量法」在索引里是 动、量、法、动量、量法；查询「动量法」切成 动量、量法，要求都出现。
没有词典，就没有「词典里没有的词搜不到」。单独一个字也能搜。
页面一侧的切分写在 ``js_splitter_code``；``chinese_search.js`` 让摘要和高亮用读者输入的整词。
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.search.zh import SearchChinese

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SCRIPT = Path(__file__).parents[1] / "_assets" / "chinese_search.js"
HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")

SPLIT_QUERY = r"""
function splitQuery(query) {
  const terms = new Set();
  for (const run of query.match(/[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|\w+/g) || []) {
    if (run.length === 1 || /\w/.test(run[0])) terms.add(run);
    else for (let i = 0; i + 1 < run.length; i++) terms.add(run.slice(i, i + 2));
  }
  return [...terms];
}
"""


class ChineseBigrams(SearchChinese):
    """把汉字切成单字和相邻的二字，西文照旧。"""

    js_splitter_code = SPLIT_QUERY

    def split(self, text: str) -> list[str]:
        latin = self.latin1_letters.findall(text)
        self.latin_terms.extend(latin)
        terms = list(latin)
        for run in HAN_RUN.findall(text):
            terms += run
            terms += [first + second for first, second in pairwise(run)]
        return terms

    def word_filter(self, stemmed_word: str) -> bool:
        return bool(HAN_RUN.match(stemmed_word)) or super().word_filter(stemmed_word)


def add_script(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(SCRIPT))


def add_script_to_search_page(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object
) -> None:
    if pagename == "search":
        app.add_js_file(SCRIPT.name, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_search_language(ChineseBigrams)
    app.connect("config-inited", add_script)
    app.connect("html-page-context", add_script_to_search_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
