// What is read from a text that is being written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { names, slug } from "../src/names.js";

const ROLE_PLAY = `---
kind: scenario
title: The delayed appointment
characters:
  Mrs Kovács: { image: img/kovacs.svg, alt: Woman in her 70s }
  "Dr. Ọlá":
    image: img/ola.svg
meters: { trust: { start: 40, show: mood }, time: 10 }
competencies: [empathy, ownership]
---

# The delayed appointment

## At the desk

- ["I'm sorry."](#she-softens) \`best\` \`trust +20\` \`set apologised\`
- ["Wait."](#she-softens) \`poor\` \`unset calm\`

## She *softens* ##

\`if trust >= 60 and (not promised or visited at-the-desk)\` **Mrs Kovács:** Well.

\`\`\`
## Not a scene
\`set nothing\`
\`\`\`

## At the desk

## Debrief
`;

test("scenes, meters, flags, characters and competencies are found, each once", () => {
  assert.deepEqual(names(ROLE_PLAY), {
    scenes: [
      { id: "at-the-desk", title: "At the desk" },
      { id: "she-softens", title: "She *softens*" },
      { id: "debrief", title: "Debrief" },
    ],
    meters: ["trust", "time"],
    flags: ["apologised", "calm", "promised"],
    pools: [],
    characters: ["Mrs Kovács", "Dr. Ọlá"],
    competencies: ["empathy", "ownership"],
  });
});

test("names in blocks are found as those in brackets are", () => {
  const text = "---\nmeters:\n  # how much he believes\n  trust:\n    start: 40\n  time: 5\ncompetencies:\n  - empathy\n  - privacy\n---\n";
  assert.deepEqual(names(text).meters, ["trust", "time"]);
  assert.deepEqual(names(text).competencies, ["empathy", "privacy"]);
});

test("pools of a quiz are found, and a flag is no word of a condition", () => {
  const { pools, flags } = names("## One\n\n`pool phone` `2 points`\n\n## Two\n\n`pool phone`\n\n`if critical or once`");
  assert.deepEqual([pools, flags], [["phone"], []]);
});

test("an unfinished text is read as far as it goes", () => {
  assert.deepEqual(names("").scenes, []);
  assert.deepEqual(names("---\nmeters: { trust: { start").meters, []);
  assert.deepEqual(names("---\ncharacters:\n  Ada:").characters, ["Ada"]);
  assert.deepEqual(names("No front matter.\n\n## Here\n").scenes, [{ id: "here", title: "Here" }]);
});

test("an id is made as the checks make it", () => {
  assert.equal(slug("She's *late* – again?"), "shes-late--again");
  assert.equal(slug("Ẹ kú àárọ̀"), "ẹ-kú-àárọ̀");
});
