// Where two texts differ, and how long ago something was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, change, differing } from "../src/differ.js";

test("the first lines that differ are shown, with where they begin and how many more there are", () => {
  assert.deepEqual(differing("a\nb\nc", "a\nB\nc"), { line: 2, lines: ["B"], more: 0 });
  assert.deepEqual(differing("a\nz", "a\n1\n\n2\n3\n4\nz"), { line: 2, lines: ["1", "2", "3"], more: 1 });
  assert.deepEqual(differing("a\nb\nc", "a\nc"), { line: 2, lines: [], more: 0 }, "what is left out has no lines");
  assert.deepEqual(differing("", "x".repeat(120)).lines, [`${"x".repeat(100)}…`]);
});

test("how long ago", () => {
  const minute = 60_000;
  assert.deepEqual(
    [-5, 59_000, minute, 90 * minute, 24 * 60 * minute, 73 * 60 * minute].map(ago),
    ["just now", "just now", "1 minute ago", "1 hour ago", "1 day ago", "3 days ago"],
  );
});

test("a change is as small as can be, and makes the one of the other", () => {
  for (const [here, there] of [["abc", "aXc"], ["aa", "aaa"], ["aaa", "aa"], ["", "x"], ["x", ""], ["same", "same"], ["ab", "ba"]]) {
    const { from, to, insert } = change(here, there);
    assert.equal(here.slice(0, from) + insert + here.slice(to), there);
  }
  assert.deepEqual(change("one two three", "one 2 three"), { from: 4, to: 7, insert: "2" });
});
