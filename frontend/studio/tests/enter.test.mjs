// What Enter and a dash do in a role-play: `|` is the caret.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "@codemirror/state";
import { begun, entered } from "../src/enter.js";

function at(marked) {
  const anchor = marked.indexOf("|");
  return EditorState.create({ doc: marked.replace("|", ""), selection: { anchor } });
}

/** The text and the caret after it; nothing where the key does what it does everywhere. */
function after(marked, spec) {
  if (!spec) return null;
  const { state } = at(marked).update(spec);
  const { head } = state.selection.main;
  const text = state.doc.toString();
  return `${text.slice(0, head)}|${text.slice(head)}`;
}
const enter = (marked) => after(marked, entered(at(marked)));
const blank = (marked) => after(marked, begun(at(marked), " "));

const CHOICE = "- [\"Yes.\"](#he-asks) `best` `trust +10`";

test("below a choice comes what is said of it, indented", () => {
  assert.equal(enter(`${CHOICE}|\n\n## He asks`), `${CHOICE}\n  > |\n\n## He asks`);
  assert.equal(enter("- [Yes](#a) |"), "- [Yes](#a)\n  > |");
});

test("below what is said of a choice comes the next one, at the left edge", () => {
  assert.equal(enter(`${CHOICE}\n  > Good.|\n`), `${CHOICE}\n  > Good.\n|\n`);
  assert.equal(enter(`${CHOICE}\n  > |`), `${CHOICE}\n|`, "a sign with nothing behind it is taken back");
  assert.equal(enter(`${CHOICE}\n  |`), `${CHOICE}\n|`, "nothing is to be said");
});

test("a dash on the indented line begins the next choice", () => {
  assert.equal(blank(`${CHOICE}\n  -|`), `${CHOICE}\n- |`);
  assert.equal(blank(`${CHOICE}\n  > Good.\n  -|\n`), `${CHOICE}\n  > Good.\n- |\n`);
  assert.equal(blank(`${CHOICE}\n  > -|`), `${CHOICE}\n- |`, "nothing is to be said");
  assert.equal(blank(`${CHOICE}\n  > Good:\n  > -|`), null, "a list in what is said");
  assert.equal(blank("- Words\n  -|"), null, "a list in a list");
  assert.equal(begun(at(`${CHOICE}\n  -|`), "x"), null);
});

test("whoever types the sign that is there already does not double it", () => {
  for (const typed of [">", " "]) {
    assert.equal(after(`${CHOICE}\n  > |`, begun(at(`${CHOICE}\n  > |`), typed)), `${CHOICE}\n  > |`);
    assert.equal(begun(at(`${CHOICE}\n  > So|`), typed), null);
  }
  assert.equal(begun(at("  > |"), ">"), null, "not below a choice");
});

test("elsewhere Enter does what it does everywhere", () => {
  for (const text of ["Words.|", "- Words|", "- [Ye|s](#a) `best`", "> [!TIP]|", "  |", "---\nlist: |", `---\n${CHOICE}|\n---\n`, "- [ ] Yes|"]) {
    assert.equal(enter(text), null, text);
  }
  assert.equal(enter("---\nkind: scenario\n---\n- [Yes](#a)|"), "---\nkind: scenario\n---\n- [Yes](#a)\n  > |");
});
