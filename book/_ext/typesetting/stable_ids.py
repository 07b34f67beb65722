"""每一节的锚点由标题来，不随前后的增减而变。

docutils 认不出中文标题，给它的锚点是编号，前面添一条引用，后面的编号就全变了。这里改用标题
（写法同 MyST：“为什么快” → ``#为什么快``）；有标签的一节用它的标签。

从前的编号 ``id12`` 写在 ``former_ids.yml`` 里，仍指到原来那一节。标题改了，那里的锚点跟着改，
忘了改就是一条警告。
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

FORMER = Path(__file__).with_name("former_ids.yml")
PREFIX = "auto-"
"""docutils 自己编的号以它开头，不与从前的 ``id12`` 相撞。"""

AUTOMATIC = re.compile(re.escape(PREFIX) + r"\d+")

logger = logging.getLogger(__name__)


@cache
def former_ids() -> dict[str, dict[str, str]]:
    """页名 → 从前的锚点 → 现在的锚点。"""
    return yaml.safe_load(FORMER.read_text(encoding="utf-8"))


def slug(title: str) -> str:
    """标题变成的锚点。

    Examples
    --------
    >>> slug("鞍点：梯度是零， 却不是谷底")
    '鞍点梯度是零-却不是谷底'
    """
    return re.sub(r"[^\w-]", "", re.sub(r"\s+", "-", title.strip().lower()))


class StableIds(SphinxTransform):
    default_priority = 410  # 标签已经归到各节，引用还没有解析

    def apply(self, **kwargs: object) -> None:
        for section in self.document.findall(nodes.section):
            automatic = [id for id in section["ids"] if AUTOMATIC.fullmatch(id)]
            if automatic:
                self.rename(section, automatic)
        for former, now in former_ids().get(self.env.docname, {}).items():
            if now in self.document.ids:
                self.document.ids[now]["ids"].append(former)
            else:
                logger.warning(
                    "从前的 #%s 指到 #%s，这一页没有它", former, now, location=self.env.docname
                )

    def rename(self, section: nodes.section, automatic: list[str]) -> None:
        """去掉编号；没有别的锚点，就用标题。"""
        kept = [id for id in section["ids"] if id not in automatic]
        section["ids"] = kept or [self.unused(slug(section.next_node(nodes.title).astext()))]
        now = section["ids"][0]
        self.document.ids[now] = section
        for name, id in self.document.nameids.items():
            if id in automatic:
                self.document.nameids[name] = now
        slugs = getattr(self.document, "myst_slugs", {})
        for name, (line, id, title) in slugs.items():
            if id in automatic:
                slugs[name] = line, now, title

    def unused(self, base: str) -> str:
        """``base``，已经有了就加上 -1、-2……"""
        number, id = 0, base
        while id in self.document.ids:
            number += 1
            id = f"{base}-{number}"
        return id


def number_apart(app: Sphinx) -> None:
    app.env.settings["auto_id_prefix"] = PREFIX


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", number_apart)
    app.add_transform(StableIds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
