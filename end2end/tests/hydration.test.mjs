// The program for the browser does not arrive: everything works by plain forms.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, fill, handIn, heading, keep, sendButton, start } from "../lib/activities.mjs";
import { launch, newPage, startServer } from "../lib/browser.mjs";
import { FILES, LESSON, QUIZ, WINDOW } from "../lib/lessons.mjs";
import { look, publish, welcome } from "../lib/steps.mjs";

let browser;
let server;
let page;
let refused = 0;

before(async () => {
  browser = await launch();
  server = await startServer();
  await publish(server, FILES);
  // The service worker would fetch it past the route.
  page = await newPage(browser, { worker: false });
  await page.route(/\.wasm$/, (route) => {
    refused += 1;
    return route.abort();
  });
  await welcome(page, server, "Ben Eze", "N-7");
});

after(async () => {
  // Not by `closePage`: that the program could not be fetched is an error in the page's scripts.
  await page?.context().close();
  assert.ok(refused > 0, "pages asked for the program");
  await browser?.close();
  await server?.stop();
});

const isPlain = async () => assert.equal(await page.evaluate(() => document.documentElement.dataset.hydrated), undefined);

test("a check is answered", async () => {
  await page.goto(`${server.url}/modules/${LESSON.slug}/${LESSON.pages[1]}`);
  await page.getByRole("button", { name: "Check my answer" }).click();
  await page.getByRole("alert").getByRole("link", { name: "Choose one answer" }).waitFor();
  await page.locator(".choice input").first().check();
  await page.getByRole("button", { name: "Check my answer" }).click();
  await page.locator("#verdict").waitFor();
  await isPlain();
  await look(page);
});

test("a role-play is played to its end", async () => {
  await page.goto(`${server.url}/role-plays/${WINDOW.slug}`);
  await page.getByRole("button", { name: "Play for real" }).click();
  await page.locator(".scene").waitFor();
  for (const text of WINDOW.best) {
    await isPlain();
    await choose(page, text);
  }
  await page.getByRole("heading", { name: "You passed" }).waitFor();
});

test("a quiz is answered, lines are put in order by their places, and it is handed in", async () => {
  await start(page, server, QUIZ.atTheEnd.slug);
  while (!page.url().endsWith("/review")) {
    const title = await heading(page);
    if (title === "In order") {
      assert.equal(await page.locator(".order-line select").first().isVisible(), true, "the places can be chosen");
      assert.equal(await page.getByRole("button", { name: /^Move / }).count(), 0, "there are no buttons that do nothing");
    }
    await fill(page, QUIZ.right[title], { js: false });
    await isPlain();
    await keep(page);
  }
  await handIn(page);
  assert.match(await page.locator(".banner").innerText(), /You passed[^]*100 of 100/);
});

test("a quiz that tells at once does so", async () => {
  await start(page, server, QUIZ.atOnce.slug);
  await fill(page, QUIZ.right[await heading(page)], { js: false });
  await sendButton(page).click();
  await page.locator("#verdict").getByText("That is right").waitFor();
  await isPlain();
});
