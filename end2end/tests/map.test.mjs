// The map of a role-play in the studio: it opens at the start, its scenes lead to their text, and those who go by keyboard can pass it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { show, source } from "../lib/source.mjs";
import { look, setUp } from "../lib/steps.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A role-play that is broad: five scenes beside each other under the start, each with an ending. */
function broad() {
  const scenes = ["one", "two", "three", "four", "five"];
  const choices = scenes.map((name, at) => `- [Go to ${name}](#scene-${name}) \`${at === 0 ? "best" : "poor"}\`\n  > Why.\n`).join("");
  const parts = scenes.map((name) => `## Scene ${name}\n\nHe looks up.\n\n- [On](#end-${name}) \`best\`\n  > Why.\n- [Stay](#end-${name}) \`poor\`\n  > Why.\n\n`);
  const ends = scenes.map((name, at) => `## End ${name}\n\n\`ending ${at === 0 ? "good" : "bad"}\`\n\nHe goes.\n\n`);
  return `---\nkind: scenario\ntitle: At the gate\npass: { score: 50 }\n---\n\n# At the gate\n\n## He waits\n\nHe waits.\n\n${choices}\n${parts.join("")}${ends.join("")}`;
}

for (const options of [{ js: true, width: 1280 }, { js: false, width: 1280 }, { js: false, width: 320 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let ada;
    const editor = () => `${server.url}/studio/scenario/at-the-gate`;
    /** Whether the scene of this number lies inside the box in which the map scrolls. */
    const isSeen = (scene) => ada.evaluate((id) => {
      const box = document.querySelector(".map-scroll").getBoundingClientRect();
      const own = document.querySelector(`#${id} .map-box`).getBoundingClientRect();
      return own.left >= box.left - 1 && own.right <= box.right + 1 && own.top >= box.top - 1 && own.top < box.bottom;
    }, `map-scene-${scene}`);

    before(async () => {
      server = await startServer();
      ada = await newPage(browser, options);
      await setUp(ada, server);
      await ada.goto(`${server.url}/studio/new`);
      await ada.getByLabel("What it will be").selectOption({ label: "Role-play" });
      await ada.getByLabel("Title").fill("At the gate");
      await ada.getByRole("button", { name: "Begin" }).click();
      await source(ada, options).write(broad());
      await ada.getByRole("button", { name: "Keep as draft" }).click();
      await ada.getByText("Learners see what is live until you publish it.").waitFor();
    });

    after(async () => {
      await closePage(ada);
      await server?.stop();
    });

    test("it opens at the start, in the editor and on its own page", async () => {
      await ada.goto(editor());
      await show(ada, "Preview", options);
      assert.ok(await isSeen(1));
      const sideways = await ada.evaluate(() => {
        const box = document.querySelector(".map-scroll");
        return box.scrollWidth > box.clientWidth;
      });
      assert.ok(sideways, "it is broader than its box, and was not made too small to be read");
      assert.equal(await ada.evaluate(() => scrollY), 0, "the page itself begins at its top");
      await ada.getByRole("link", { name: "The whole map, and the same as a list" }).click();
      await ada.getByRole("heading", { level: 1, name: "Map: At the gate" }).waitFor();
      assert.ok(await isSeen(1));
      await look(ada, options);
    });

    test("its list leads from scene to scene and to the text", async () => {
      await ada.goto(`${editor()}/map`);
      const first = ada.locator("#scene-1");
      await first.getByRole("link", { name: "Scene three" }).click();
      assert.equal(new URL(ada.url()).hash, "#scene-4");
      const link = ada.locator("#scene-4").getByRole("link", { name: "Scene three" });
      const line = 1 + broad().split("\n").indexOf("## Scene three");
      assert.ok((await link.getAttribute("href")).endsWith(`#line-${line}`));
      await link.click();
      await ada.getByRole("heading", { level: 1, name: "At the gate" }).waitFor();
      assert.equal(new URL(ada.url()).hash, `#line-${line}`);
    });

    test("a scene of the map leads to its line, and the line back to the map", async () => {
      await ada.goto(editor());
      const line = 1 + broad().split("\n").indexOf("## Scene one");
      await show(ada, "Preview", options);
      await ada.locator("#map-scene-2").focus();
      await ada.keyboard.press("Enter");
      if (options.js) {
        await ada.waitForFunction(() => document.activeElement?.closest(".studio-text"));
      } else {
        assert.equal(new URL(ada.url()).hash, `#line-${line}`);
        assert.ok(await ada.locator(`#line-${line}`).isVisible(), "the line is shown");
      }
      await show(ada, "Preview", options);
      await ada.locator("#part-scene-five").getByRole("link", { name: "on the map" }).click();
      assert.ok(await isSeen(6), "the map has moved to it");
      await look(ada, options);
    });

    test("whoever goes by keyboard can pass it", async () => {
      await ada.goto(`${editor()}/map`);
      const past = ada.getByRole("link", { name: "Past the map" });
      await past.focus();
      assert.ok(await past.evaluate((link) => link.getBoundingClientRect().width > 20), "it is seen while it has the focus");
      await ada.keyboard.press("Enter");
      await ada.keyboard.press("Tab");
      const next = await ada.evaluate(() => document.activeElement?.closest("#scene-1") !== null);
      assert.ok(next, "what follows is the list");
    });
  });
}
