/* 小测：选中即判，答案记在本机。方向键只移动，空格或回车才作答。 */
for (const quiz of document.querySelectorAll("fieldset.quiz")) {
  const inputs = [...quiz.querySelectorAll("input[type=radio]")];
  const status = quiz.querySelector(".quiz-status");
  const answer = quiz.querySelector(".quiz-answer");
  const key = `quiz:${quiz.id}`;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "quiz-again";
  again.textContent = "重做";
  again.hidden = true;
  answer.before(again);

  const remember = (value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch { /* 浏览器不许存储时，小测照常能做 */ }
  };
  const recall = () => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const say = (verdict, remark) => {
    const line = document.createElement("p");
    line.className = "quiz-verdict";
    line.textContent = verdict;
    status.replaceChildren(line, ...(remark ? remark.cloneNode(true).childNodes : []));
  };
  const unmark = () => {
    for (const input of inputs) input.parentElement.classList.remove("is-right", "is-wrong");
    delete quiz.dataset.state;
  };
  const grade = (input) => {
    const right = "right" in input.dataset;
    unmark();
    input.checked = true;
    input.parentElement.classList.add(right ? "is-right" : "is-wrong");
    quiz.dataset.state = right ? "right" : "wrong";
    say(right ? "✓ 答对了。" : "✗ 不对，再想一想。",
      quiz.querySelector(`dd[data-letter="${input.value}"]`));
    answer.open = right;
    again.hidden = false;
    remember(input.value);
  };

  let moving = false;
  quiz.addEventListener("keydown", (event) => {
    if (!inputs.includes(event.target)) return;
    const modified = event.altKey || event.ctrlKey || event.metaKey;
    moving = event.key.startsWith("Arrow") && !modified;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      grade(event.target);
    }
  });
  quiz.addEventListener("change", (event) => {
    if (!moving) return grade(event.target);
    moving = false;
    unmark();
    say("按回车确认这个答案。");
  });
  again.addEventListener("click", () => {
    unmark();
    for (const input of inputs) input.checked = false;
    status.replaceChildren();
    answer.open = false;
    again.hidden = true;
    remember(null);
    inputs[0].focus();
  });

  quiz.addEventListener("pointerdown", () => (moving = false));

  // 纸上点不了：答案总是印出来。
  let folded = false;
  addEventListener("beforeprint", () => {
    folded = !answer.open;
    answer.open = true;
  });
  addEventListener("afterprint", () => {
    if (folded) answer.open = false;
  });

  // 浏览器返回时自己填上的选项没有判过，再点也不算改动。
  for (const input of inputs) input.setAttribute("autocomplete", "off");
  const saved = inputs.find((input) => input.value === recall());
  if (saved) grade(saved);
}
