// A trainer who has never seen the grammar writes a role-play from the template, makes three mistakes, mends them by the messages alone,
// publishes it, and a learner takes it. Two trainers on one draft. With and without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { source } from "../lib/source.mjs";
import { look, setUp, signIn, welcome } from "../lib/steps.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const options of [{ js: true, width: 1280 }, { js: false, width: 320 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let ada;
    let tola;
    let ben;
    const text = () => source(tola, options);
    const swap = (from, to) => text().swap(from, to);
    /** Looks at the text anew: by itself with scripts, by the button without. */
    const check = async () => {
      if (!options.js) await tola.getByRole("button", { name: "Check and preview" }).click();
    };

    before(async () => {
      server = await startServer();
      [ada, tola, ben] = await Promise.all([1, 2, 3].map(() => newPage(browser, options)));
      await setUp(ada, server);
      const number = await welcome(tola, server, "Tola Ojo", "t-1");
      await welcome(ben, server, "Ben Eze", "n-7");
      await ada.goto(`${server.url}/people/${number}`);
      await ada.getByRole("button", { name: "Give: trainer" }).click();
      await ada.getByText("The right was given.").waitFor();
      await signIn(tola, server, "t-1");
      await tola.getByRole("heading", { name: "My training" }).waitFor();
    });

    after(async () => {
      for (const page of [ada, tola, ben]) await closePage(page);
      await server?.stop();
    });

    test("something new begins with an example that passes the checks", async () => {
      await tola.getByRole("link", { name: "Studio" }).click();
      await look(tola, options);
      await tola.getByRole("link", { name: "Write something new" }).click();
      await tola.getByRole("button", { name: "Begin" }).click();
      await tola.getByRole("link", { name: "Choose what it will be" }).waitFor();
      await tola.getByLabel("What it will be").selectOption({ label: "Role-play" });
      await tola.getByLabel("Title").fill("At the window");
      await tola.getByRole("button", { name: "Begin" }).click();
      await tola.getByRole("heading", { level: 1, name: "At the window" }).waitFor();
      await tola.getByRole("heading", { name: "No problems" }).waitFor();
      await look(tola, options);
    });

    test("three mistakes are mended by what is said about them", async () => {
      await swap("(#he-doubts) `ok`", "(#he-doubtss) `ok`");
      await swap("  > A reason is good, and a time would be better.", "> A reason is good, and a time would be better.");
      await swap("`if timed`", "`if timmed`");
      await check();
      const problems = tola.locator(".studio-problems");
      await problems.getByText(/he-doubts/).first().waitFor();
      await problems.getByText(/indent/).first().waitFor();
      await look(tola, options);
      // Each is one press from its place.
      const line = problems.getByRole("link", { name: /^Line \d+$/ }).first();
      const number = Number((await line.textContent()).replace("Line ", ""));
      await line.click();
      if (options.js) {
        assert.equal(await tola.locator(".cm-lineNumbers .cm-activeLineGutter").textContent(), String(number));
        assert.ok(await text().box.evaluate((content) => content === document.activeElement), "the text has the focus");
        await tola.locator(".cm-activeLine .cm-lintRange-error").first().waitFor();
      } else {
        assert.equal(new URL(tola.url()).hash, `#line-${number}`);
        assert.ok(await tola.locator(`#line-${number}`).isVisible(), "the line is shown");
      }
      await swap("(#he-doubtss)", "(#he-doubts)");
      await swap("> A reason is good", "  > A reason is good");
      await check();
      // Where every way can be followed, what can never be true is found.
      await problems.getByText(/timmed/).first().waitFor();
      await swap("`if timmed`", "`if timed`");
      await check();
      await tola.getByRole("heading", { name: "No problems" }).waitFor();
    });

    if (options.js) {
      test("it is written by the keyboard alone, and the editor lets go of it", async () => {
        const { box, read } = text();
        await swap("He cannot plan with \"a little while\".", "He cannot plan.\n- [\"I do not know.\"]");
        await box.press("Control+Home");
        await box.press("Control+f");
        await tola.getByRole("textbox", { name: "Find" }).pressSequentially("I do not know.\"]");
        await look(tola, options);
        await tola.keyboard.press("Enter");
        await tola.keyboard.press("Escape");
        await box.press("ArrowRight");
        // A scene, by a part of its name; then how good the choice is.
        await box.pressSequentially("(#leav");
        const offered = tola.getByRole("listbox", { name: "What can stand here" });
        await offered.getByRole("option", { name: "#he-leaves He leaves", selected: true }).waitFor();
        await look(tola, options);
        await box.press("Tab");
        await box.pressSequentially(" `");
        await offered.getByRole("option", { name: /^best/, selected: true }).waitFor();
        await box.press("ArrowDown");
        await box.press("ArrowDown");
        await offered.getByRole("option", { name: /^poor/, selected: true }).waitFor();
        await box.press("Enter");
        await box.pressSequentially(" `tr");
        await offered.getByRole("option", { name: /^trust \+10/ }).waitFor();
        await box.press("Escape");
        await offered.waitFor({ state: "detached" });
        await box.pressSequentially("ust -5`");
        assert.ok((await read()).includes('- ["I do not know."](#he-leaves) `poor` `trust -5`\n'), await read());
        // Nothing is offered: Tab leads on, and back again.
        await box.press("Tab");
        assert.equal(await tola.evaluate(() => document.activeElement.textContent), "Check and preview");
        await tola.keyboard.press("Shift+Tab");
        assert.ok(await box.evaluate((content) => content === document.activeElement), "the text has the focus");
        // What was written is taken back step by step.
        await swap("- [\"I do not know.\"](#he-leaves) `poor` `trust -5`", "TAKEN");
        await box.press("Control+z");
        assert.ok(!(await read()).includes("TAKEN"));
        await swap("\n- [\"I do not know.\"](#he-leaves) `poor` `trust -5`", "");
        await tola.getByRole("heading", { name: "No problems" }).waitFor();
      });
    }

    test("what is typed is kept as a draft, and nobody else sees it", async () => {
      await swap("Mr Bello has waited for an hour.", "Mr Bello has waited for two hours.");
      if (options.js) {
        await tola.getByText(/^Kept as a draft at/).waitFor();
        await tola.locator(".studio-preview").getByText("waited for two hours").waitFor();
      } else {
        await tola.getByRole("button", { name: "Keep as draft" }).click();
        await tola.getByText("Learners see what is live until you publish it.").waitFor();
      }
      await tola.reload();
      assert.ok((await text().read()).includes("waited for two hours"));
      const answer = await ben.goto(`${server.url}/role-plays/at-the-window`);
      assert.equal(answer.status(), 404);
    });

    test("it is published and a learner takes it", async () => {
      await tola.getByRole("button", { name: "Publish…" }).click();
      await tola.getByText("It was never published.").waitFor();
      await look(tola, options);
      await tola.getByRole("button", { name: "Publish now" }).click();
      await tola.getByText("At the window is live.").waitFor();
      await ben.goto(`${server.url}/role-plays/at-the-window`);
      await ben.getByRole("button", { name: /Play for real/ }).click();
      await ben.getByText("How much longer?").waitFor();
      for (const words of [/I am sorry\. You have waited/, /I will come to you then/]) {
        await ben.getByRole("button", { name: words }).click();
      }
      await ben.getByText("That I can work with.").first().waitFor();
    });

    test("a learner in the middle ends with the version that they began", async () => {
      await ben.goto(`${server.url}/role-plays/at-the-window`);
      await ben.getByRole("button", { name: /Play for real/ }).click();
      await ben.getByText("How much longer?").waitFor();
      await swap("How much longer?", "How long now?");
      await tola.getByRole("button", { name: "Publish…" }).click();
      await tola.getByText("One person is in the middle of it").waitFor();
      await tola.getByRole("button", { name: "Publish now" }).click();
      await tola.getByRole("link", { name: /Say what the change is/ }).waitFor();
      await tola.getByLabel(/Words only/).check();
      await tola.getByRole("button", { name: "Publish now" }).click();
      await tola.getByText("At the window is live.").waitFor();
      await ben.reload();
      await ben.getByText("How much longer?").waitFor();
      await tola.getByRole("link", { name: "History" }).click();
      await tola.getByText("words only").waitFor();
      await look(tola, options);
    });

    if (options.js) {
      test("the page follows what is kept by itself, and says only what changed", async () => {
        await tola.goto(`${server.url}/studio/scenario/at-the-window`);
        const stands = tola.locator(".studio-stands");
        await stands.getByText("Role-play · Live · ").waitFor();
        await text().box.waitFor();
        assert.equal(await tola.locator(".studio-lines, .studio-problems[aria-live]").count(), 0);
        await swap("`ending bad`", "`ending sad`");
        const aloud = tola.locator("[data-aloud]");
        await aloud.getByText(/^\d errors?$/).waitFor();
        await aloud.getByText("Kept as a draft.", { exact: true }).waitFor();
        await stands.getByText("Live, with a draft").waitFor();
        await tola.getByText("Throw this draft away").click();
        // What is open stays open while the page follows.
        await swap("`ending sad`", "`ending bad` <!-- It must hurt. -->");
        await aloud.getByText("No problems").waitFor();
        await tola.getByText("Not kept yet.").waitFor();
        await tola.getByText(/^Kept as a draft at/).waitFor();
        await tola.getByRole("button", { name: "Throw it away" }).click();
        await tola.getByText("The draft was thrown away.").waitFor();
      });

      test("where the editor does not come up, the field does its jobs", async () => {
        const page = await tola.context().newPage();
        await page.addInitScript(() => {
          CSSStyleSheet.prototype.replaceSync = undefined;
        });
        await page.goto(`${server.url}/studio/scenario/at-the-window`);
        const field = page.getByLabel("Text", { exact: true });
        await field.fill((await field.inputValue()).replace("`ending bad`", "`ending sad`"));
        const line = page.locator(".studio-problems").getByRole("link", { name: /^Line \d+$/ });
        await line.click();
        const number = Number((await line.textContent()).replace("Line ", ""));
        const before = await field.evaluate(({ value, selectionStart }) => value.slice(0, selectionStart));
        assert.equal(before.split("\n").length, number);
        await field.fill((await field.inputValue()).replace("`ending sad`", "`ending bad`"));
        await page.getByRole("heading", { name: "No problems" }).waitFor();
        await page.close();
      });
    }

    test("two trainers on one draft lose nothing", async () => {
      const path = `${server.url}/studio/scenario/at-the-window`;
      for (const page of [ada, tola]) await page.goto(path);
      await source(ada, options).swap("comes to your window", "comes to the desk");
      await ada.getByRole("button", { name: "Keep as draft" }).click();
      await ada.getByText("Learners see what is live until you publish it.").waitFor();
      await swap("comes to your window", "comes to your counter");
      await tola.getByRole("button", { name: "Keep as draft" }).click();
      await tola.getByRole("heading", { name: "It was changed elsewhere too" }).waitFor();
      await tola.getByText("comes to the desk").first().waitFor();
      await tola.getByText("Nothing is kept yet").waitFor();
      await look(tola, options);
      // Whoever chooses nothing is asked again.
      await tola.getByRole("button", { name: "Keep it so" }).click();
      await tola.getByRole("link", { name: "Choose what stands in place 1" }).waitFor();
      await tola.getByRole("radio", { name: /^Yours/ }).check();
      await tola.getByRole("button", { name: "Keep it so" }).click();
      await tola.getByText("Kept as you chose.").waitFor();
      assert.ok((await text().read()).includes("comes to your counter"));
    });
  });
}
