// How a text is coloured: each piece and what it is, in the order of the text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { highlightTree } from "@lezer/highlight";
import { highlighter, language } from "../src/language.js";

function pieces(text) {
  const state = EditorState.create({ doc: text, extensions: language() });
  const found = [];
  highlightTree(ensureSyntaxTree(state, text.length, 5000), highlighter, (from, to, kind) => {
    found.push([state.sliceDoc(from, to), kind.replace("source-", "")]);
  });
  return found;
}

test("front matter is keys and values, at the very beginning only", () => {
  assert.deepEqual(pieces("---\npass: { score: 60 }\n---\n"), [
    ["---", "fence"], ["pass", "key"], [":", "mark"], ["{", "mark"], ["score", "key"], [":", "mark"], ["60", "value"], ["}", "mark"], ["---", "fence"],
  ]);
  assert.deepEqual(pieces("Words.\n---\npass: 1\n"), []);
});

test("a choice shows where it leads, how good it is and what it changes", () => {
  assert.deepEqual(pieces("- [Wait `here`](#he-asks) `best` `trust +20` `if told`"), [
    ["-", "mark"], ["[", "mark"], ["`here`", "code"], ["]", "mark"], ["(#he-asks)", "target"],
    ["`best`", "best"], ["`trust +20`", "chip"], ["`if told`", "condition"],
  ]);
});

test("code is a chip only where it means something", () => {
  assert.deepEqual(pieces("`ending bad` `fixed`"), [["`ending bad`", "poor"], ["`fixed`", "chip"]]);
  assert.deepEqual(pieces("Write `best` here."), [["`best`", "code"]]);
  assert.deepEqual(pieces("I ring by `= 4 pm`."), [["`= 4 pm`", "chip"]]);
  assert.deepEqual(pieces("`if told` **Ada:** Yes."), [["`if told`", "condition"], ["**Ada:**", "speaker"]]);
});

test("headings, tick boxes, feedback and alerts", () => {
  assert.deepEqual(pieces("## He asks\n\n- [x] *Yes* `25%`\n  > Good.\n\n> [!TIP]"), [
    ["## He asks", "heading"], ["-", "mark"], ["[x]", "box"], ["*Yes*", "emphasis"], ["`25%`", "chip"],
    [">", "mark"], ["Good.", "quote"], [">", "mark"], ["[!TIP]", "alert"],
  ]);
});

test("comments and code go over lines, and nothing in them means anything", () => {
  assert.deepEqual(pieces("<!-- a\n## b --> c\n```\n## d\n```\n{law}"), [
    ["<!-- a", "comment"], ["## b -->", "comment"], ["```", "code"], ["## d", "code"], ["```", "code"], ["{law}", "token"],
  ]);
});
