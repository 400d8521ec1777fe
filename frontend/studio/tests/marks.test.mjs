// Marks of problems while the text changes: each by the words that it marks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { staying } from "../src/marks.js";

const TEXT = "one\ntwo [x](#gone) two\nthree\n";

function marked() {
  const state = EditorState.create({ doc: TEXT, extensions: staying() });
  const from = TEXT.indexOf("[x]");
  return state.update(setDiagnostics(state, [{ from, to: from + 10, severity: "error", message: "No such scene." }])).state;
}
function marks(state) {
  const found = [];
  forEachDiagnostic(state, (_, from, to) => found.push(state.sliceDoc(from, to)));
  return found;
}

test("a mark moves with its words", () => {
  assert.deepEqual(marks(marked().update({ changes: { from: 0, insert: "zero\n" } }).state), ["[x](#gone)"]);
});

test("a text put in the place of the whole one changes only what differs", () => {
  const turn = marked().update({ changes: { from: 0, to: TEXT.length, insert: TEXT.replace("three", "3") }, userEvent: "input.paste" });
  assert.equal(turn.newDoc.toString(), TEXT.replace("three", "3"));
  assert.deepEqual(marks(turn.state), ["[x](#gone)"]);
  assert.ok(turn.isUserEvent("input.paste"));
});

test("where the words of a mark are gone, what stands there is marked", () => {
  const from = TEXT.indexOf("[x]");
  const state = marked().update({ changes: { from, to: from + 10, insert: "[y](#new)" } }).state;
  assert.deepEqual(marks(state), ["[y](#new)"]);
  assert.equal(marks(marked().update({ changes: { from: 4, to: TEXT.length - 7 } }).state).length, 1);
});

test("what is found anew takes the place of all marks", () => {
  const state = marked();
  assert.deepEqual(marks(state.update(setDiagnostics(state, [])).state), []);
});
