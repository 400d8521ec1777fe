// The text editor in the place of the field. The field stays in the form, so that the form is sent as without scripts.

import { acceptCompletion, closeCompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { ChangeSet, EditorState, Transaction } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import "./sheet.js";
import { completion } from "./complete.js";
import { change } from "./differ.js";
import { begun, entered } from "./enter.js";
import { language } from "./language.js";
import { staying } from "./marks.js";
import { into, reach } from "./place.js";
import { words } from "./words.js";

/** How long after the last key the field follows: it is read by what does not ask for the form, such as the browser's history. */
const FOLLOWS = 500;

/**
 * Puts an editor in the place of a field.
 *
 * @returns what the page needs of it: the text, to be told of changes, to go to a place, and to show problems
 */
export function edit(field) {
  const label = document.getElementById("source-label");
  const hint = document.getElementById("source-hint");
  const [heard, watched] = [[], []];
  const knows = JSON.parse(field.dataset.knows);
  let [doc, text] = [null, ""];
  let follows = 0;
  /** What was typed since the text was sent. */
  let since = null;

  const value = () => {
    if (view.state.doc !== doc) [doc, text] = [view.state.doc, view.state.doc.toString()];
    return text;
  };
  const follow = () => {
    clearTimeout(follows);
    if (field.value !== value()) field.value = value();
  };

  /** A key of the grammar: does what it says, else leaves it to the others. */
  const does = (view, spec) => {
    if (spec) view.dispatch(spec);
    return Boolean(spec);
  };
  const grammar =
    knows.kind === "scenario"
      ? [
          keymap.of([{ key: "Enter", run: (view) => does(view, entered(view.state)) }]),
          EditorView.inputHandler.of((view, from, to, typed) => from === to && does(view, begun(view.state, typed))),
        ]
      : [];

  const view = new EditorView({
    doc: field.value,
    extensions: [
      words(),
      lineNumbers(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      history(),
      search({ top: true }),
      language(),
      completion(knows),
      grammar,
      staying(),
      EditorView.lineWrapping,
      EditorState.tabSize.of(2),
      // Tab takes what is offered and otherwise leaves the text, as in every field of a form.
      keymap.of([{ key: "Tab", run: acceptCompletion }, ...completionKeymap, ...lintKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.contentAttributes.of({
        id: field.id,
        tabindex: "0",
        "aria-labelledby": label.id,
        "aria-describedby": hint.id,
        spellcheck: "true",
        autocorrect: "on",
        autocapitalize: "sentences",
      }),
      EditorView.editorAttributes.of({ class: "studio-editor" }),
      EditorView.domEventHandlers({
        blur: (_, view) => {
          if (completionStatus(view.state)) closeCompletion(view);
          follow();
        },
      }),
      EditorView.updateListener.of(({ docChanged, selectionSet, changes }) => {
        if (docChanged || selectionSet) for (const told of watched) told();
        if (!docChanged) return;
        since = since?.compose(changes) ?? null;
        clearTimeout(follows);
        follows = setTimeout(follow, FOLLOWS);
        for (const told of heard) told();
      }),
    ],
  });

  // The editor is what the label, and a link to the field, lead to.
  field.id = "source-field";
  field.hidden = true;
  field.after(view.dom);
  label.removeAttribute("for");
  label.addEventListener("click", () => view.focus());
  hint.hidden = false;
  field.form.addEventListener("formdata", ({ formData }) => formData.set(field.name, value()));
  addEventListener("pagehide", follow);

  /** From the place of a problem to the end of what is wrong there. */
  const span = ({ line, column }) => {
    const { from, text } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    const at = into(text, column);
    return [from + at, from + at + reach(text, at)];
  };

  return {
    value,
    changed: (told) => heard.push(told),
    moved: (told) => watched.push(told),
    line: () => view.state.doc.lineAt(view.state.selection.main.head).number,
    focus: () => view.focus(),
    replace(text) {
      view.dispatch({ changes: change(value(), text) });
    },
    /** From now on it is known what is typed, until somebody else's changes are taken in. */
    sent() {
      since = ChangeSet.empty(view.state.doc.length);
    },
    /** Takes in what somebody else changed in the text as it was sent. Gives whether that could be done. */
    take(edits) {
      if (!since) return false;
      const theirs = ChangeSet.of(edits, since.length);
      // What others wrote is not taken back by who takes back what they typed.
      view.dispatch({ changes: theirs.map(since), annotations: Transaction.addToHistory.of(false) });
      return true;
    },
    go(place) {
      const [from] = span(place);
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
      view.dom.scrollIntoView({ block: "nearest" });
    },
    show(problems) {
      const found = problems.map(({ isError, said, ...place }) => {
        const [from, to] = span(place);
        return { from, to, severity: isError ? "error" : "warning", message: said };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
  };
}
