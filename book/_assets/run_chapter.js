/* “运行本章”的门：按了才叫来 practice/chapter.js；从硬盘打开时说清楚怎么办。 */
{
  const here = document.currentScript.src;
  const bar = document.querySelector(".run-chapter");
  const note = bar.querySelector(".run-chapter-note");
  bar.querySelector("button").addEventListener("click", async () => {
    if (location.protocol === "file:") {
      note.setAttribute("role", "alert");
      note.innerHTML = "浏览器不许从硬盘打开的网页运行 Python。先在网站的文件夹里运行 "
        + "<code>python3 -m http.server</code>，再打开 <code>http://localhost:8000</code>。";
      return;
    }
    const settings = JSON.parse(document.getElementById("chapter-settings").textContent);
    const { start } = await import(new URL("practice/chapter.js", here));
    start(settings, bar);
  });
}
