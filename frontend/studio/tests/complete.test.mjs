// What is offered at a place of a text. `|` is where the cursor stands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CompletionContext } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { offers } from "../src/complete.js";

const KNOWS = {
  kind: "scenario",
  keys: ["kind", "title", "minutes", "characters", "pass"],
  competencies: ["empathy", "privacy"],
  tokens: [["{organisation}", "Mercy Clinic"], ["{law}", "the law"]],
  documents: [["calm-words.md", "Calm words"]],
  images: ["img/desk.svg"],
};
const HEAD = "---\nkind: scenario\ntitle: A\ncharacters:\n  Mr Bello:\nmeters:\n  trust: 40\n---\n\n## He asks\n\n";
const TAIL = "\n\n- [Go](#he-asks) `best` `set told`\n\n## He leaves\n\n## Debrief\n";

function at(text, { kind = "scenario", explicit = false } = {}) {
  const [before, after] = text.split("|");
  const state = EditorState.create({ doc: before + after });
  return offers({ ...KNOWS, kind })(new CompletionContext(state, before.length, explicit));
}
const labels = (text, options) => at(text, options)?.options.map(({ label }) => label) ?? null;
/** The same in the first scene of a role-play. */
const inScene = (line) => labels(`${HEAD}${line}${TAIL}`);

/** The text after the first thing on offer is taken. */
function taken(text, options) {
  const result = at(text, options);
  const pos = text.indexOf("|");
  let state = EditorState.create({ doc: text.replace("|", "") });
  const view = { get state() { return state; }, dispatch: (...changes) => (state = state.update(...changes).state) };
  const [first] = result.options;
  first.apply(view, first, result.from, pos);
  return `${state.sliceDoc(0, state.selection.main.head)}|${state.sliceDoc(state.selection.main.head)}`;
}

test("a choice leads to a scene of this text", () => {
  assert.deepEqual(inScene("- [Wait](#|)"), ["#he-asks", "#he-leaves"]);
  assert.deepEqual(inScene("- [Wait](|"), ["#he-asks", "#he-leaves", "calm-words.md"]);
  assert.equal(taken("## Here\n\n- [Wait](#|"), "## Here\n\n- [Wait](#here)|");
  assert.equal(taken("## Here\n\n- [Wait](#h|) `best`"), "## Here\n\n- [Wait](#here)| `best`");
});

test("a choice takes a word for how good it is, meters and flags", () => {
  assert.deepEqual(inScene("- [Wait](#he-asks) `|"), [
    "best", "ok", "poor", "critical", "trust +10", "trust -10", "set …", "unset …", "if …", "once", "empathy 2", "privacy 2",
  ]);
  assert.deepEqual(inScene("- [Wait](#he-asks) `best` `set |"), ["told"]);
  assert.equal(taken("- [Wait](#a) `|`"), "- [Wait](#a) `best`|");
});

test("a scene takes an ending, and a paragraph a condition", () => {
  assert.ok(inScene("`|").includes("ending good"));
  assert.deepEqual(inScene("`ending |"), ["good", "mixed", "bad"]);
  assert.deepEqual(inScene("Somebody speaks.\n\n`|"), ["if …", "else"]);
  assert.deepEqual(inScene("`tests empathy, |"), ["empathy", "privacy"]);
});

test("a condition asks for meters, flags and scenes", () => {
  assert.deepEqual(inScene("`if |"), ["trust", "told", "not …", "visited …", "critical"]);
  assert.deepEqual(inScene("`if trust >= 40 and |"), ["trust", "told", "not …", "visited …", "critical"]);
  assert.deepEqual(inScene("`if visited |"), ["he-asks", "he-leaves", "debrief"]);
  assert.equal(inScene("`if trust |"), null);
});

test("speech begins with somebody of the role-play", () => {
  assert.deepEqual(inScene("**|"), ["Mr Bello"]);
  assert.deepEqual(inScene("`if told` **Mr|"), ["Mr Bello"]);
  assert.equal(taken(`${HEAD}**|`), `${HEAD}**Mr Bello:** |`);
  assert.equal(inScene("A **|"), null);
});

test("tokens follow a brace, and a brace that is meant is left alone", () => {
  assert.deepEqual(inScene("At {|"), ["organisation", "law"]);
  assert.equal(taken("At {or|"), "At {organisation}|");
  assert.equal(inScene("At \\{|"), null);
});

test("front matter has its keys, each once", () => {
  assert.deepEqual(labels("---\nkind: scenario\nm|\n---\n"), ["title", "minutes", "characters", "pass"]);
  assert.equal(labels("---\n|\n---\n"), null);
  assert.deepEqual(labels("---\n|\n---\n", { explicit: true }), KNOWS.keys);
  assert.deepEqual(labels("---\ncompetencies: [empathy, |]\n---\n"), ["empathy", "privacy"]);
});

test("each kind has chips of its own", () => {
  const under = "## One\n\n`|";
  assert.ok(labels(under, { kind: "quiz" }).includes("pool …"));
  assert.ok(!labels(under, { kind: "module" }).includes("pool …"));
  assert.ok(labels(under, { kind: "module" }).includes("cards"));
  assert.deepEqual(labels("## One\n\n- [ ] No `|", { kind: "quiz" }), ["25%"]);
  assert.deepEqual(labels("## One\n\nI ring by `|", { kind: "quiz" }), ["= …"]);
  assert.equal(labels("## One\n\nText `|", { kind: "job-aid" }), null);
  assert.deepEqual(labels("![A desk](|", { kind: "module" }), ["img/desk.svg"]);
  assert.equal(labels("Plain words|", { kind: "module" }), null);
});
