// JupyterLab 与 Notebook 7 里，可操作的图没有动起来时，显示笔记本里存下的静态图。
//
// 一幅图的输出有几样：部件的编号，text/html（一句话），image/png（静态图）。JupyterLab 只显示一样：
// 还没有运行、或笔记本不受信任，是那句话；运行过又重新打开，是部件，而部件已经随内核没了，
// 只剩一句英文的 model not found。这里在这两种情形里补上静态图。
// 浏览器直接读这个文件，不用构建：它就是 JupyterLab 向扩展要的那个容器。

const VIEW = "application/vnd.jupyter.widget-view+json";
const HTML = "text/html";

/** 存下的静态图；这份输出不是可操作的图，就是 null。 */
function stored({ data, metadata }) {
  const png = data["image/png"];
  const figure = new DOMParser()
    .parseFromString(data[HTML] ?? "", HTML)
    .querySelector(".live-figure");
  if (!figure || !png) return null;
  const picture = document.createElement("img");
  picture.src = `data:image/png;base64,${png}`;
  picture.alt = data["text/plain"];
  picture.width = metadata["image/png"]?.width ?? 0;
  picture.style.cssText = "display: block; max-width: 100%; height: auto";
  return { picture, note: figure.querySelector(".live-note") };
}

/** 画完以后再看一眼：``node`` 里没有画出图来，就补上静态图。 */
function complete(node, mimeType, model) {
  if (mimeType === VIEW && node.childElementCount) return; // 部件画出来了
  const figure = stored(model);
  if (!figure) return;
  if (mimeType === VIEW) node.replaceChildren(figure.picture, figure.note);
  else node.prepend(figure.picture);
}

function activate(app, rendermime) {
  // 每本笔记本用的都是它的分身，所以补在原型上
  const registry = Object.getPrototypeOf(rendermime);
  const { createRenderer } = registry;
  registry.createRenderer = function (mimeType) {
    const renderer = createRenderer.call(this, mimeType);
    if (mimeType !== VIEW && mimeType !== HTML) return renderer;
    const { renderModel } = renderer;
    renderer.renderModel = async function (model) {
      await renderModel.call(this, model);
      complete(this.node, mimeType, model);
    };
    return renderer;
  };
}

let shared;

/** JupyterLab 自己的一个模块。 */
async function module(name) {
  const [version] = Object.values(shared[name]);
  return (await version.get())();
}

window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB.dlbasics = {
  init(scope) {
    shared = scope;
  },
  async get() {
    const { IRenderMimeRegistry } = await module("@jupyterlab/rendermime");
    const id = "dlbasics:stored-picture";
    const plugin = { id, autoStart: true, requires: [IRenderMimeRegistry], activate };
    return () => plugin;
  },
};
