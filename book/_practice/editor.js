/* 练习页的代码编辑器：由 CodeMirror 6 的零件拼成，构建网站时合成一个文件。 */
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** 在 parent 里放一个编辑器：text 是开始的内容，anchor 是光标的位置。 */
export function createEditor({ parent, text, anchor, label, onChange, onCheck }) {
  const view = new EditorView({
    parent,
    doc: text,
    selection: { anchor: Math.min(anchor ?? 0, text.length) },
    extensions: [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (onCheck(), true) }])),
      lineNumbers(),
      history(),
      drawSelection(),
      EditorState.tabSize.of(4),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ activateOnTyping: false }),
      highlightActiveLine(),
      python(),
      syntaxHighlighting(classHighlighter),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(view.state.doc.toString());
      }),
    ],
  });
  return {
    dom: view.dom,
    focus: () => view.focus(),
    get: () => view.state.doc.toString(),
    set: (value) =>
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } }),
  };
}
