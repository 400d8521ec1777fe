// From the first page of a module to its certificate, by keyboard alone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choice, heading, movedOn, plain, sendButton, stepsOf } from "../lib/activities.mjs";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { focusIsInside, pick, press, toBy } from "../lib/keys.mjs";
import { MODULE, QUIZ, ROLE_PLAY } from "../lib/starter.mjs";
import { welcome } from "../lib/steps.mjs";

let browser;
let server;
let page;

before(async () => {
  browser = await launch();
  server = await startServer();
  page = await newPage(browser);
  await welcome(page, server, "Ben Eze", "N-7");
});

after(async () => {
  await closePage(page);
  await browser?.close();
  await server?.stop();
});

/** Presses what leads to another page, and waits for it. */
async function follow(locator) {
  const here = page.url();
  await press(page, locator);
  await page.waitForURL((url) => url.href !== here);
}

test("the module is read", async () => {
  await follow(page.getByRole("link", { name: "Start", exact: true }));
  while (page.url().includes("/modules/")) {
    const check = page.getByRole("button", { name: "Check my answer" });
    if ((await check.count()) > 0) {
      await hydrated(page);
      await toBy(page, page.locator(".choice input").first());
      await page.keyboard.press("Space");
      await press(page, check);
      await page.locator("#verdict").waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.id), "verdict");
    }
    await follow(page.locator(".reader-actions button").first());
  }
});

test("the role-play is played, by Enter and by number", async () => {
  await follow(page.getByRole("button", { name: "Play for real" }));
  await hydrated(page);
  for (const [turn, text] of ROLE_PLAY.best.entries()) {
    const at = await stepsOf(page);
    const right = await choice(page, text);
    if (turn % 2 === 0) {
      await press(page, right);
    } else {
      await toBy(page, page.locator(".line").first());
      await page.keyboard.press(await right.getAttribute("value"));
    }
    await movedOn(page, at);
    if (turn + 1 < ROLE_PLAY.best.length) await focusIsInside(page, `after choice ${turn + 1}`);
  }
  await page.getByRole("heading", { name: "You passed" }).waitFor();
});

/** Answers by keys alone. */
async function answer(given) {
  const form = page.locator("form.check");
  const place = async (locator, text) => (await locator.allTextContents()).map(plain).indexOf(plain(text));
  for (const text of given.choose ?? []) {
    const input = form.locator(".choice input").nth(await place(form.locator(".choice label"), text));
    const isRadio = (await input.getAttribute("type")) === "radio";
    if (isRadio) {
      // Tab comes to the first of a group, the arrows go through it.
      await toBy(page, form.locator(".choice input").first());
      await toBy(page, input, { key: "ArrowDown" });
    } else {
      await toBy(page, input);
    }
    if (!(await input.isChecked())) await page.keyboard.press("Space");
    assert.equal(await input.isChecked(), true);
  }
  for (const [to, text] of (given.order ?? []).entries()) {
    for (let at = await place(form.locator(".order-text"), text); at > to; at -= 1) {
      const up = form.getByRole("button", { name: `Move up: ${text}` });
      if (!(await up.evaluate((button) => button === document.activeElement))) await toBy(page, up);
      await page.keyboard.press("Enter");
      assert.equal(await up.evaluate((button) => button === document.activeElement), true, "the focus stays with the line");
    }
  }
  for (const [left, right] of Object.entries(given.pairs ?? {})) {
    const select = form.locator(".match-line").nth(await place(form.locator(".match-line label"), left)).locator("select");
    await pick(page, select, await place(select.locator("option"), right));
  }
  for (const [at, text] of (given.blanks ?? []).entries()) {
    const select = form.locator(".blank").nth(at).locator("select");
    if ((await select.count()) > 0) {
      await pick(page, select, await place(select.locator("option"), text));
    } else {
      await toBy(page, form.locator(".blank").nth(at).locator("input"));
      await page.keyboard.type(text);
    }
  }
  if (given.text) {
    await toBy(page, form.locator("textarea"));
    await page.keyboard.type(given.text);
  }
}

test("the quiz is answered and handed in", async () => {
  await follow(page.getByRole("link", { name: `Go on with: ${MODULE.title}` }));
  while (page.url().includes("/modules/")) {
    const quiz = page.getByRole("link", { name: "Go to the quiz" });
    await follow((await quiz.count()) > 0 ? quiz : page.locator(".reader-actions button").first());
  }
  await follow(page.getByRole("button", { name: "Start" }));
  while (!page.url().endsWith("/review")) {
    await hydrated(page);
    await answer(QUIZ.right[await heading(page)]);
    await follow(sendButton(page));
  }
  await follow(page.getByRole("button", { name: "Hand in" }));
  assert.match(await page.locator(".banner").innerText(), /You passed[^]*100 of 100/);
});

test("the certificate is reached", async () => {
  await follow(page.getByRole("link", { name: `Completed: ${MODULE.title}` }));
  await follow(page.getByRole("link", { name: "See the certificate" }));
  await page.getByRole("heading", { level: 1, name: "Certificate of completion" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    press(page, page.getByRole("link", { name: "Download as PDF" })),
  ]);
  assert.match(download.suggestedFilename(), /^certificate-.*\.pdf$/);
});
