/* 练习页的门：什么都不多取，只叫来 practice/page.js；从硬盘打开时说清楚怎么办。 */
{
  const here = document.currentScript.src;
  const start = async () => {
    const settings = JSON.parse(document.getElementById("practice-settings").textContent);
    const first = document.querySelector(".practice");
    if (location.protocol !== "file:") {
      const page = await import(new URL("practice/page.js", here));
      return page.start(settings);
    }
    if (!first) return;
    document.querySelector(".practice-here").remove();
    const note = document.createElement("div");
    note.className = "practice-note";
    note.innerHTML = "<p>浏览器不许从硬盘打开的网页运行 Python。要在这里作答，先用网站文件夹里的 "
      + "<code>serve.py</code> 打开网站，再从这一页接着做：</p><ul>"
      + "<li>Windows：从 Microsoft Store 装 Python，双击 <code>serve.py</code>。</li>"
      + "<li>macOS：打开“终端”，输入 <code>python3</code> 和一个空格，把 <code>serve.py</code> 拖进去，按回车。</li>"
      + "<li>Linux：在网站的文件夹里运行 <code>python3 serve.py</code>。</li></ul>";
    first.closest("section").before(note);
  };
  start();
}
