// A trainer who has never seen the grammar writes a role-play from the template, makes three mistakes, mends them by the messages alone,
// publishes it, and a learner takes it. Two trainers on one draft. With and without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { show as showPart, source } from "../lib/source.mjs";
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
    const show = (name, page = tola) => showPart(page, name, options);
    const swap = async (from, to) => {
      await show("Text");
      await text().swap(from, to);
    };
    const noProblems = async () => {
      await show("Problems");
      await tola.getByRole("heading", { name: "No problems" }).waitFor();
    };
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
      await noProblems();
      await look(tola, options);
    });

    test("three mistakes are mended by what is said about them", async () => {
      await swap("(#he-doubts) `ok`", "(#he-doubtss) `ok`");
      await swap("  > A reason is good, and a time would be better.", "> A reason is good, and a time would be better.");
      await swap("`if timed`", "`if timmed`");
      await check();
      const problems = tola.locator(".studio-problems");
      await show("Problems");
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
      await show("Problems");
      await problems.getByText(/timmed/).first().waitFor();
      await swap("`if timmed`", "`if timed`");
      await check();
      await noProblems();
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
        // What has only just come up takes no keys, since they may be meant for the text.
        await tola.waitForTimeout(150);
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
        await noProblems();
      });
    }

    test("what is typed is kept as a draft, and nobody else sees it", async () => {
      await swap("Mr Bello has waited for an hour.", "Mr Bello has waited for two hours.");
      if (options.js) {
        await tola.getByText(/^Kept as a draft at/).waitFor();
        await show("Preview");
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
        const field = page.getByRole("textbox", { name: "Text", exact: true });
        await field.fill((await field.inputValue()).replace("`ending bad`", "`ending sad`"));
        const line = page.locator(".studio-problems").getByRole("link", { name: /^Line \d+$/ });
        await show("Problems", page);
        const number = Number((await line.textContent()).replace("Line ", ""));
        await line.click();
        const before = await field.evaluate(({ value, selectionStart }) => value.slice(0, selectionStart));
        assert.equal(before.split("\n").length, number);
        await field.fill((await field.inputValue()).replace("`ending sad`", "`ending bad`"));
        await show("Problems", page);
        await page.getByRole("heading", { name: "No problems" }).waitFor();
        await page.close();
      });
    }

    if (options.js) {
      /** The number of the line with the caret. */
      const line = () => tola.locator(".cm-lineNumbers .cm-activeLineGutter").textContent();
      const numberOf = async (words) => {
        const lines = (await text().read()).split("\n");
        return String(lines.findIndex((one) => one.includes(words)) + 1);
      };
      const status = () => tola.locator("[data-status]");

      test("links from elsewhere lead to their line", async () => {
        const here = `${server.url}/studio/scenario/at-the-window`;
        await tola.goto(`${here}/map`);
        await tola.getByRole("link", { name: /He doubts/ }).last().click();
        await text().box.waitFor();
        assert.equal(await line(), await numberOf("## He doubts"));
        assert.ok(await text().box.evaluate((content) => content === document.activeElement), "the text has the focus");
        assert.ok(await tola.locator(".cm-activeLine").evaluate((active) => {
          const { top, bottom } = active.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }), "the line is in sight");
        await swap("`ending good`", "`ending goood`");
        await tola.getByText(/^Kept as a draft at/).waitFor();
        await tola.goto(`${here}/publish`);
        await tola.getByRole("link", { name: /^Line \d+$/ }).first().click();
        await text().box.waitFor();
        assert.equal(await line(), await numberOf("`ending goood`"));
        // Another line of the same page.
        await tola.evaluate(() => {
          location.hash = "#line-3";
        });
        await tola.waitForFunction(() => document.querySelector(".cm-lineNumbers .cm-activeLineGutter").textContent === "3");
        await swap("`ending goood`", "`ending good`");
        await tola.getByText(/^Kept as a draft at/).waitFor();
      });

      test("Enter goes on as the grammar does, and what is changed back is kept", async () => {
        const { box, read } = text();
        const first = await status().textContent();
        assert.match(first, /^Kept as a draft/);
        await box.press("Control+End");
        await box.press("x");
        await tola.getByText("Not kept yet.").waitFor();
        await box.press("Backspace");
        await tola.waitForFunction((first) => document.querySelector("[data-status]").textContent === first, first);
        await box.pressSequentially("\n- [Go](#he-asks)\n> You go.\n- [Stay](#he-leaves)\n- [Wait](#he-asks)\n");
        await box.press("Enter");
        assert.ok((await read()).endsWith("\n- [Go](#he-asks)\n  > You go.\n- [Stay](#he-leaves)\n- [Wait](#he-asks)\n"), await read());
        await swap("\n- [Go](#he-asks)\n  > You go.\n- [Stay](#he-leaves)\n- [Wait](#he-asks)\n", "");
        await tola.getByText("Not kept yet.").waitFor();
        // It is told by the same clock as on the rest of the page.
        await tola.getByText(/^Kept as a draft at \d\d:\d\d\.$/).waitFor();
        const [kept, stands] = await Promise.all([status(), tola.locator(".studio-stands")].map((one) => one.textContent()));
        assert.ok(stands.endsWith(`, ${/\d\d:\d\d/.exec(kept)}.`), `${stands} and ${kept}`);
      });

      test("the preview is where the text is, and playing comes back to it", async () => {
        const number = await numberOf("## He leaves");
        await tola.goto(`${server.url}/studio/scenario/at-the-window#line-${number}`);
        await text().box.waitFor();
        const part = tola.locator("#part-he-leaves");
        await show("Preview");
        await tola.waitForFunction(() => {
          const box = document.querySelector(".studio-preview");
          const { top } = document.getElementById("part-he-leaves").getBoundingClientRect();
          return top < box.getBoundingClientRect().bottom && box.scrollTop > 0;
        });
        await look(tola, options);
        await part.getByRole("link", { name: "play from here" }).click();
        await tola.getByRole("link", { name: "Back to the text" }).click();
        await text().box.waitFor();
        assert.equal(await line(), number);
        await tola.goBack();
        await tola.goBack();
        await text().box.waitFor();
        assert.equal(await line(), number);
      });

      test("what could not be kept is told beside the text, and offered with its words on return", async () => {
        const path = `${server.url}/studio/scenario/at-the-window`;
        await tola.goto(path);
        await text().box.waitFor();
        await tola.context().setOffline(true);
        await swap("Mr Bello takes his coat.", "Mr Bello takes his hat.");
        const warning = tola.locator("[data-status].studio-warns");
        await warning.filter({ hasText: /^There is no connection\. What you write/ }).waitFor();
        await tola.getByRole("button", { name: "Check and preview" }).click();
        await warning.filter({ hasText: /could not be checked/ }).waitFor();
        await tola.locator("[data-aloud]").filter({ hasText: /could not be checked/ }).waitFor();
        await look(tola, options);
        // The line is as dead for what a page sends as it is left: the browser stops pretending so for a page that goes.
        await tola.evaluate(() => {
          navigator.sendBeacon = () => false;
          window.fetch = () => Promise.reject(new TypeError("no connection"));
        });
        const asked = tola.waitForEvent("dialog");
        tola.once("dialog", (dialog) => dialog.accept());
        await tola.goto(`${server.url}/studio`).catch(() => "there is no line");
        assert.equal((await asked).type(), "beforeunload");
        await tola.context().setOffline(false);
        await tola.goto(path);
        const offer = tola.locator(".studio-left");
        await offer.getByText(/just now was not kept/).waitFor();
        await offer.getByText("Mr Bello takes his hat.").waitFor();
        await look(tola, options);
        await offer.getByRole("button", { name: "Put it back" }).click();
        await tola.getByText(/^Kept as a draft at/).waitFor();
        assert.ok((await text().read()).includes("takes his hat"));
      });

      test("whoever writes where somebody else wrote is told beside the text, and asked before they leave", async () => {
        const path = `${server.url}/studio/scenario/at-the-window`;
        for (const page of [ada, tola]) await page.goto(path);
        await source(ada, options).swap("since nine", "since ten");
        await ada.getByText(/^Kept as a draft at/).waitFor();
        await swap("since nine", "since eight");
        const warning = tola.locator("[data-status].studio-warns");
        await warning.filter({ hasText: /^This draft was changed elsewhere too/ }).waitFor();
        await look(tola, options);
        const asked = tola.waitForEvent("dialog");
        tola.once("dialog", (dialog) => dialog.dismiss());
        await tola.getByRole("link", { name: "Pictures" }).click();
        assert.equal((await asked).type(), "beforeunload");
        await tola.getByRole("button", { name: "See both texts" }).click();
        await tola.getByRole("heading", { name: "It was changed elsewhere too" }).waitFor();
        // It changes once more while they choose: they are told, and choose again.
        await source(ada, options).swap("since ten", "since two");
        await ada.getByText(/^Kept as a draft at/).waitFor();
        await tola.getByRole("radio", { name: /^Yours/ }).check();
        await tola.getByRole("button", { name: "Keep it so" }).click();
        await tola.getByText(/^It changed once more while you chose/).waitFor();
        await look(tola, options);
        // What this device holds is still theirs when they go back without a choice, also after one that was not kept.
        await tola.getByRole("link", { name: /^Leave your text/ }).click();
        const offer = tola.locator(".studio-left");
        await offer.getByText(/since eight/).waitFor();
        await offer.getByRole("button", { name: "Leave it" }).click();
        assert.ok((await text().read()).includes("since two"));
        await swap("since two", "since nine");
        await tola.getByText(/^Kept as a draft at/).waitFor();
      });

      test("what somebody else changed elsewhere is taken in while one types on", async () => {
        const path = `${server.url}/studio/scenario/at-the-window`;
        // What a worker sends cannot be answered by us.
        const page = await newPage(browser, { ...options, worker: false });
        await signIn(page, server, "t-1");
        await page.getByRole("heading", { name: "My training" }).waitFor();
        await page.goto(path);
        const own = source(page, options);
        const said = page.locator("[data-status]");
        await ada.goto(path);
        await source(ada, options).swap("takes his", "fetches his");
        await ada.getByRole("button", { name: "Keep as draft" }).click();
        await ada.getByText("Learners see what is live until you publish it.").waitFor();
        // The answer waits until more was typed.
        let [sent, typed] = [];
        const [isSent, isTyped] = [new Promise((resolve) => (sent = resolve)), new Promise((resolve) => (typed = resolve))];
        await page.route(path, async (route) => {
          const form = new URLSearchParams(route.request().postData() ?? "");
          if (route.request().method() !== "POST" || form.get("do") !== "keep") return route.continue();
          const answer = await route.fetch();
          sent();
          await isTyped;
          await route.fulfill({ response: answer });
        });
        await own.swap("since nine", "since ten");
        await isSent;
        await own.box.press("Control+End");
        await own.box.pressSequentially("Typed on.");
        typed();
        await said.filter({ hasText: /changed line \d+ meanwhile/ }).waitFor();
        const now = await own.read();
        assert.ok(now.includes("since ten") && now.includes("fetches his") && now.endsWith("Typed on."), now);
        await said.filter({ hasText: /^Kept as a draft at \d\d:\d\d\.$/ }).waitFor();
        // What is taken back afterwards is gone from the draft too.
        await own.swap("since ten", "since nine");
        await said.filter({ hasText: "Not kept yet." }).waitFor();
        await said.filter({ hasText: /^Kept as a draft at/ }).waitFor();
        await ada.goto(path);
        const there = await source(ada, options).read();
        assert.ok(there.includes("since nine") && there.includes("fetches his") && there.endsWith("Typed on."), there);
        await own.swap("Typed on.", "");
        await own.swap("fetches his", "takes his");
        await said.filter({ hasText: "Not kept yet." }).waitFor();
        await said.filter({ hasText: /^Kept as a draft at/ }).waitFor();
        await closePage(page);
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
      assert.equal(await tola.locator(".studio-left").count(), 0, "there is nothing left to offer");
      assert.ok((await text().read()).includes("comes to your counter"));
    });
  });
}
