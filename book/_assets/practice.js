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
    const note = document.createElement("p");
    note.className = "practice-note";
    note.innerHTML = "浏览器不许从硬盘打开的网页运行 Python。要在这里作答，先在网站的文件夹里运行 "
      + "<code>python3 -m http.server</code>，再打开 <code>http://localhost:8000</code>。";
    first.closest("section").before(note);
  };
  start();
}
