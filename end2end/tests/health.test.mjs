// The first thing anyone sees: the program starts by itself, says it is ready, and its door can be used by everyone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll, closePage, launch, newPage, startServer } from "../lib/browser.mjs";

let browser;
let server;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a new server is ready and tells where to set it up", async () => {
  const answer = await fetch(`${server.url}/health/ready`);
  assert.equal(answer.status, 200);
  assert.match(server.setUpLink ?? "", /\/setup\/./);
});

for (const width of [320, 1280]) {
  for (const dark of [false, true]) {
    test(`sign-in is clear and accessible at ${width} px, ${dark ? "dark" : "light"}`, async () => {
      const page = await newPage(browser, { width, dark });
      await page.goto(`${server.url}/sign-in`);
      assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);
      await closePage(page);
    });
  }
}

test("sign-in works without JavaScript", async () => {
  const page = await newPage(browser, { js: false, width: 320 });
  await page.goto(`${server.url}/sign-in`);
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
  assert.equal(await page.locator("form[method=post] button").first().isEnabled(), true);
  await closePage(page);
});
