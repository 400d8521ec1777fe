// What people do without thinking: click twice, go back, reload, go on in another browser, stay away too long.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { LESSON, FILES } from "../lib/lessons.mjs";
import { look, publish, setUp, signIn } from "../lib/steps.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const options of [{ js: true, width: 1280 }, { js: false, width: 320 }]) {
  describe(`${options.js ? "with" : "without"} JavaScript at ${options.width} px`, () => {
    let server;
    let desk;
    let phone;

    before(async () => {
      server = await startServer();
      await publish(server, FILES);
      desk = await newPage(browser, options);
      phone = await newPage(browser, options);
      await setUp(desk, server);
      await signIn(phone, server, "ada@example.org");
    });

    after(async () => {
      await closePage(desk);
      await closePage(phone);
      await server?.stop();
    });

    const overview = () => `${server.url}/modules/${LESSON.slug}`;
    const read = async (page) => {
      const other = await page.context().newPage();
      await other.goto(overview());
      const count = await other.locator(".tag-done").getByText("Read", { exact: true }).count();
      await other.close();
      return count;
    };

    test("a double click, the back button and a reload record a page once", async () => {
      await desk.goto(overview());
      await desk.getByRole("link", { name: "Start", exact: true }).click();
      await desk.getByRole("button", { name: "Next" }).dblclick();
      await desk.getByText("Page 2 of").waitFor();
      assert.equal(await read(desk), 1);
      await desk.goBack();
      await desk.getByText("Page 1 of").waitFor();
      await desk.getByRole("button", { name: "Next" }).click();
      await desk.getByText("Page 2 of").waitFor();
      await desk.reload();
      await desk.getByText("Page 2 of").waitFor();
      assert.equal(await read(desk), 1);
    });

    test("another browser goes on where the first one is, and its old page changes nothing", async () => {
      await phone.goto(server.url);
      await phone.getByRole("link", { name: "Continue", exact: true }).click();
      await phone.getByText("Page 2 of").waitFor();
      await desk.getByRole("button", { name: "Next" }).click();
      await desk.getByText("Page 3 of").waitFor();
      await phone.getByRole("button", { name: "Next" }).click();
      await phone.getByText("Page 3 of").waitFor();
      assert.equal(await read(phone), 2);
    });

    test("an answer that is missing is asked for, and of two answers the first one counts", async () => {
      const question = `${overview()}/${LESSON.pages[1]}`;
      await Promise.all([desk.goto(question), phone.goto(question)]);
      if (options.js) await Promise.all([hydrated(desk), hydrated(phone)]);
      assert.equal(await desk.locator(".reader-actions button").innerText(), "Next without answering");
      await desk.getByRole("button", { name: "Check my answer" }).click();
      await desk.locator(".error-message").filter({ hasText: "Choose one answer" }).waitFor();
      if (options.js) {
        assert.equal(await desk.evaluate(() => document.activeElement.closest("[data-live]") !== null), true, "the focus is at the question");
      } else {
        await desk.getByRole("alert").getByRole("link", { name: "Choose one answer" }).waitFor();
        assert.match(await desk.title(), /^Error: /);
      }
      await look(desk, options);
      await desk.locator(".choice input").first().check();
      await desk.getByRole("button", { name: "Check my answer" }).click();
      await desk.locator("#verdict").waitFor();

      await phone.locator(".choice input").last().check();
      await phone.getByRole("button", { name: "Check my answer" }).click();
      await phone.locator("#verdict").waitFor();
      assert.equal(await phone.locator(".choice input").first().isChecked(), true, "the first answer is shown");
      assert.equal(await phone.locator(".choice input").last().isChecked(), false);
      await look(phone, options);
    });

    test("whoever was signed out in the middle is told, and comes back to where they were", async () => {
      const question = `${overview()}/${LESSON.pages[2]}`;
      await desk.goto(question);
      if (options.js) await hydrated(desk);
      await desk.locator(".choice input").first().check();
      await phone.goto(`${server.url}/profile`);
      await phone.getByRole("button", { name: "Sign out everywhere" }).click();
      await phone.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
      await desk.getByRole("button", { name: "Check my answer" }).click();
      if (options.js) {
        await desk.getByRole("status").filter({ hasText: "You were signed out" }).waitFor();
        assert.equal(await desk.locator(".choice input").first().isChecked(), true, "the answer is still ticked");
        await look(desk, options);
        await signIn(phone, server, "ada@example.org");
        await desk.goto(`${server.url}/sign-in?next=${new URL(question).pathname}`);
      } else {
        await desk.getByRole("heading", { name: "You were signed out" }).waitFor();
      }
      await desk.getByLabel("E-mail or staff number").fill("ada@example.org");
      await desk.getByLabel("Password").fill("kettle moss violin dune");
      await desk.getByRole("button", { name: "Sign in" }).click();
      await desk.waitForURL(question);
    });

    test("a module that was completed is taken again, and both completions stay", async () => {
      const toTheEnd = async () => {
        for (let pages = 0; pages < 30 && (await desk.locator(".reader-actions").count()) > 0; pages += 1) {
          const here = desk.url();
          await desk.locator(".reader-actions button").first().click();
          await desk.waitForURL((url) => url.href !== here);
        }
        await desk.getByRole("heading", { name: "Completed" }).waitFor();
      };
      await desk.goto(overview());
      await desk.getByRole("link", { name: "Continue", exact: true }).click();
      await desk.locator(".reader-actions").waitFor();
      await toTheEnd();
      await desk.locator("summary", { hasText: "Take it again" }).click();
      await desk.getByRole("button", { name: "Begin again" }).dblclick();
      await desk.getByText("Page 1 of").waitFor();
      await toTheEnd();
      await look(desk, options);
      await desk.goto(`${server.url}/record`);
      assert.equal(await desk.locator("tbody tr").count(), 2);
      await look(desk, options);
    });
  });
}
