// The main job: somebody is let in, reads a module, checks themselves, and it is in the record for good.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { PASSWORD, look, setUp, signIn } from "../lib/steps.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const options of [{ js: true, width: 1280 }, { js: false, width: 1280 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let page;

    before(async () => {
      server = await startServer();
      page = await newPage(browser, options);
      await setUp(page, server);
    });

    after(async () => {
      await closePage(page);
      await server?.stop();
    });

    test("the administrator's pages are accessible", async () => {
      await look(page, options);
      await page.getByRole("button", { name: "Add this department" }).click();
      await page.getByRole("alert").getByRole("link", { name: /Enter the name of the department/ }).waitFor();
      await page.getByLabel("Name").fill("Ward 3");
      await page.getByRole("button", { name: "Add this department" }).click();
      await page.getByRole("link", { name: "Ward 3" }).waitFor();
      await look(page, options);
      await page.goto(`${server.url}/people/new`);
      await page.getByRole("button", { name: "Add this person" }).click();
      await page.getByRole("alert").getByRole("link", { name: "Enter the full name" }).waitFor();
      assert.match(await page.title(), /^Error: /);
      await look(page, options);
    });

    test("an invited learner completes a module and finds it in the record", async () => {
      await page.goto(`${server.url}/people/new`);
      await page.getByLabel("Full name").fill("Ben Eze");
      await page.getByLabel("Staff number").fill("N-7");
      await page.getByRole("button", { name: "Add this person" }).click();
      await page.getByRole("button", { name: "Give: manager" }).click();
      await page.getByRole("alert").getByRole("link", { name: /Choose the department this person manages/ }).click();
      await look(page, options);
      await page.getByLabel("Department", { exact: true }).selectOption("Ward 3");
      await page.getByLabel("Job role").fill("Nurse");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("button", { name: "Give: trainer" }).click();
      await page.getByRole("button", { name: "Take away trainer" }).waitFor();
      assert.match(await page.getByRole("status").first().innerText(), /The right was given/);
      await page.getByRole("button", { name: "Make an invitation link" }).click();
      const link = await page.locator(".invitation-link").innerText();
      await look(page, options);
      await page.getByRole("button", { name: "Sign out" }).click();

      await page.goto(new URL(link, server.url).href);
      await page.getByLabel("Choose a password").fill("short");
      await page.getByRole("button", { name: "Save and sign in" }).click();
      await page.getByRole("alert").waitFor();
      await look(page, options);
      await page.getByLabel("Choose a password").fill(`${PASSWORD} too`);
      await page.getByRole("button", { name: "Save and sign in" }).click();

      await page.getByRole("heading", { level: 1, name: "My training" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "People" }).count(), 0);
      await look(page, options);
      await page.getByRole("link", { name: "Start", exact: true }).click();

      const first = page.url();
      const form = Object.fromEntries(
        await page.locator(".reader-actions input").evaluateAll((inputs) => inputs.map((input) => [input.name, input.value])),
      );
      const send = (to) => page.request.post(`${to}/read`, { form, headers: { origin: server.url }, maxRedirects: 0 });
      for (const time of ["once", "twice"]) assert.equal((await send(first)).status(), 303, time);
      const elsewhere = await send(await page.locator(".page-steps li a").nth(1).evaluate((link) => link.href));
      assert.equal(elsewhere.status(), 409);
      assert.match(await elsewhere.text(), /Page 2 of[^]*Nothing was changed/);
      await page.goto(server.url);
      assert.match(await page.locator(".progress-words").innerText(), /^1 of /);
      await page.getByRole("link", { name: "Continue", exact: true }).click();

      let checks = 0;
      for (let pages = 0; pages < 30; pages += 1) {
        if ((await page.locator(".reader-actions").count()) === 0) break;
        await look(page, options);
        if ((await page.getByRole("button", { name: "Check my answer" }).count()) > 0) {
          checks += 1;
          if (options.js) await hydrated(page);
          await page.locator(".choice input").first().check();
          await page.getByRole("button", { name: "Check my answer" }).click();
          await page.locator(".feedback-question").waitFor();
          if (options.js) {
            await page.waitForFunction(() => document.activeElement?.id === "verdict");
            assert.doesNotMatch(await page.locator(".reader-actions").innerText(), /without answering/);
          }
          await look(page, options);
        }
        const before = page.url();
        await page.locator(".reader-actions button, .reader-actions a.button").first().click();
        await page.waitForURL((url) => url.href !== before);
      }
      assert.ok(checks > 0, "the module has a question to check oneself with");
      await page.getByRole("heading", { name: "Completed" }).waitFor();
      await look(page, options);

      await page.goto(`${server.url}/record`);
      assert.equal(await page.locator("tbody tr").count(), 1);
      await look(page, options);
      for (const path of ["/people", "/team", "/nothing-here"]) {
        const answer = await page.goto(`${server.url}${path}`);
        assert.equal(answer.status(), 404, path);
      }
      await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
      await look(page, options);

      await page.goto(server.url);
      await page.getByRole("button", { name: "Sign out" }).click();
      await signIn(page, server, "ADA@example.org");
      await page.getByRole("link", { name: "Team" }).click();
      const row = page.getByRole("row").filter({ hasText: "Ben Eze" });
      assert.match(await row.innerText(), /Ward 3[^]*Service is part of care/);
      await look(page, options);
    });
  });
}
