"""CITATION.cff、更新说明与网站上的引用，版本、名字、许可都与 pyproject.toml 和 LICENSE 相同。"""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CFF = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LICENSE = (ROOT / "LICENSE").read_text(encoding="utf-8")
CHANGES = (ROOT / "book" / "appendix" / "changes.md").read_text(encoding="utf-8")

REQUIRED = {"cff-version", "message", "title", "authors"}
ALLOWED = REQUIRED | {
    "abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license",
    "license-url", "preferred-citation", "references", "repository", "repository-artifact",
    "repository-code", "type", "url", "version",
}  # fmt: skip
"""CFF 1.2.0 的字段。"""


def test_the_file_is_valid_cff_1_2_0():
    assert CFF["cff-version"] == "1.2.0"
    assert REQUIRED <= CFF.keys() <= ALLOWED
    assert CFF["type"] in ("software", "dataset")
    assert isinstance(CFF["version"], str)
    for author in CFF["authors"]:
        assert author.keys() == {"name"} and author["name"]
    assert len(set(CFF["keywords"])) == len(CFF["keywords"]) > 0
    assert all(isinstance(value, str) and value for value in (CFF["message"], CFF["abstract"]))


def test_it_says_the_same_as_the_project():
    assert CFF["version"] == PROJECT["version"]
    assert CFF["title"] in PROJECT["description"]
    assert f"《{CFF['title']}》由两部分组成" in LICENSE
    assert CFF["authors"] == [{"name": re.search(r"Copyright \(c\) \d{4}, (.+)", LICENSE)[1]}]


def test_the_licences_are_those_of_the_code_the_fonts_and_the_text():
    code = re.split(r" AND ", PROJECT["license"])
    assert sorted(CFF["license"]) == sorted([*code, "CC-BY-4.0"])
    assert "BSD 3-Clause" in LICENSE and "CC BY 4.0" in LICENSE and "OFL 1.1" in LICENSE


def test_the_newest_notes_are_those_of_this_version():
    versions = re.findall(r"^## (\d+\.\d+\.\d+)$", CHANGES, re.MULTILINE)
    assert versions[0] == PROJECT["version"]
    assert versions == sorted(set(versions), key=lambda v: [*map(int, v.split("."))], reverse=True)


@pytest.mark.parametrize("wanted", [CFF["title"], CFF["version"], CFF["authors"][0]["name"]])
def test_the_site_tells_how_to_cite_it(site, wanted):
    page = (site / "book" / "appendix" / "changes.html").read_text(encoding="utf-8")
    article = page.split("<article")[1].split("</article>")[0]
    assert wanted in re.sub(r"<[^>]+>", "", article.split("怎样引用")[-1])
