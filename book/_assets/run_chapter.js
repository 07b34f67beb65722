/* “运行本章”的门：按了才叫来 practice/chapter.js；从硬盘打开时说清楚怎么办。 */
{
  const here = document.currentScript.src;
  const bar = document.querySelector(".run-chapter");
  const note = bar.querySelector(".run-chapter-note");
  bar.querySelector("button").addEventListener("click", async () => {
    if (location.protocol === "file:") {
      note.setAttribute("role", "alert");
      const how = new URL("../book/appendix/setup.html#without-installing", here);
      note.innerHTML = "浏览器不许从硬盘打开的网页运行 Python。先用网站文件夹里的 "
        + `<code>serve.py</code> 打开网站，再从这一页接着做（<a href="${how}">怎样用它</a>）。`;
      return;
    }
    const settings = JSON.parse(document.getElementById("chapter-settings").textContent);
    const { start } = await import(new URL("practice/chapter.js", here));
    start(settings, bar);
  });
}
