// Getting in without e-mail, one's own account, and what an administrator does about people.

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

/** Adds Ben Eze, a nurse without e-mail, and gives the code of his slip. */
async function addBen(page, server) {
  await page.getByLabel("Name").fill("Ward 3");
  await page.getByRole("button", { name: "Add this department" }).click();
  await page.goto(`${server.url}/people/new`);
  await page.getByLabel("Full name").fill("Ben Eze");
  await page.getByLabel("Staff number").fill("N-7");
  await page.getByRole("button", { name: "Add this person" }).click();
  await page.getByRole("button", { name: "Print a slip with a code" }).click();
  return page.locator(".slip-code").innerText();
}

for (const options of [{ js: true, width: 1280 }, { js: false, width: 320 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let ada;
    let ben;

    before(async () => {
      server = await startServer();
      ada = await newPage(browser, options);
      ben = await newPage(browser, options);
      await setUp(ada, server);
    });

    after(async () => {
      await closePage(ada);
      await closePage(ben);
      await server?.stop();
    });

    test("a slip with a code lets somebody without e-mail in, once", async () => {
      const code = await addBen(ada, server);
      assert.match(code, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
      await look(ada, options);

      await ben.goto(`${server.url}/sign-in`);
      await look(ben, options);
      await ben.getByRole("link", { name: /forgotten my password/ }).click();
      await look(ben, options);
      await ben.getByRole("link", { name: "enter the code" }).click();
      await ben.getByLabel("Code on your slip").fill("AAAAA-AAAAA");
      await ben.getByRole("button", { name: "Continue" }).click();
      await ben.getByRole("alert").getByRole("link", { name: /This code does not work/ }).waitFor();
      assert.equal(await ben.getByLabel("Code on your slip").inputValue(), "AAAAA-AAAAA");
      await look(ben, options);
      await ben.getByLabel("Code on your slip").fill(code.toLowerCase().replace("-", " "));
      await ben.getByRole("button", { name: "Continue" }).click();
      await ben.getByRole("heading", { level: 1, name: "Welcome, Ben Eze" }).waitFor();
      await look(ben, options);
      const link = ben.url();
      if (options.js) {
        await hydrated(ben);
        for (const [typed, says] of [["kettle", /6 more characters to go/], [PASSWORD, /Strength: very good/]]) {
          await ben.getByLabel("Choose a password").fill(typed);
          await ben.getByRole("status").filter({ hasText: says }).waitFor();
        }
        await look(ben, options);
      }
      await ben.getByLabel("Choose a password").fill(PASSWORD);
      await ben.getByRole("button", { name: "Save and sign in" }).click();
      await ben.getByRole("heading", { level: 1, name: "My training" }).waitFor();

      assert.equal((await ben.goto(link)).status(), 410);
      await ben.getByRole("heading", { level: 1, name: "This link no longer works" }).waitFor();
      await look(ben, options);
    });

    test("a new password signs out everywhere else, and one session can be ended from another", async () => {
      const other = await newPage(browser, options);
      await signIn(other, server, "n-7");
      await other.getByRole("heading", { level: 1, name: "My training" }).waitFor();

      await ben.goto(server.url);
      await ben.getByRole("link", { name: /Ben Eze/ }).click();
      assert.equal(await ben.getByText("This one").count(), 1);
      await look(ben, options);
      await ben.getByRole("button", { name: /^End/ }).click();
      await other.goto(`${server.url}/record`);
      assert.match(other.url(), /\/sign-in\?next=%2Frecord$/);

      await signIn(other, server, "n-7");
      await ben.goto(`${server.url}/profile`);
      await ben.getByLabel("Password you have now").fill("not this one");
      await ben.getByLabel("New password").fill("beneze");
      await ben.getByRole("button", { name: "Change my password" }).click();
      assert.equal(await ben.getByRole("alert").getByRole("link").count(), 2);
      await look(ben, options);
      await ben.getByLabel("Password you have now").fill(PASSWORD);
      await ben.getByLabel("New password").fill("lantern oak ribbon frost");
      await ben.getByRole("button", { name: "Change my password" }).click();
      await ben.getByRole("status").filter({ hasText: "Your password was changed" }).waitFor();
      await look(ben, options);
      await other.goto(server.url);
      assert.match(other.url(), /\/sign-in$/);
      await signIn(other, server, "N-7", "lantern oak ribbon frost");
      await other.getByRole("heading", { level: 1, name: "My training" }).waitFor();

      await ben.goto(`${server.url}/profile`);
      await ben.getByRole("button", { name: "Sign out everywhere" }).click();
      await other.goto(server.url);
      assert.match(other.url(), /\/sign-in$/);
      await closePage(other);
    });

    test("the colours that were chosen stay", async () => {
      const theme = () => ben.locator("html").getAttribute("data-theme");
      await ben.goto(`${server.url}/code`);
      assert.equal(await theme(), null);
      await ben.getByRole("button", { name: "Dark", exact: true }).click();
      assert.match(ben.url(), /\/code$/);
      assert.equal(await theme(), "dark");
      await look(ben, options);
      await ben.goto(`${server.url}/sign-in`);
      assert.equal(await theme(), "dark");
      await ben.getByRole("button", { name: "As the device" }).click();
      assert.equal(await theme(), null);
    });

    test("an administrator changes a person, gives a link for a new password, and finds it all in the log", async () => {
      await ada.goto(`${server.url}/people`);
      await look(ada, options);
      await ada.getByRole("link", { name: "Ben Eze", exact: true }).click();
      await ada.getByRole("link", { name: "Change name, e-mail or staff number" }).click();
      await ada.getByLabel("E-mail address").fill("ada@example.org");
      await ada.getByRole("button", { name: "Save" }).click();
      await ada.getByRole("alert").getByRole("link", { name: /signs in with this e-mail address already/ }).waitFor();
      await look(ada, options);
      await ada.getByLabel("E-mail address").fill("ben@example.org");
      await ada.getByRole("button", { name: "Save" }).click();
      await ada.getByRole("heading", { level: 1, name: "Ben Eze" }).waitFor();
      await ada.getByRole("button", { name: "Make a link for a new password" }).click();
      const link = await ada.locator(".invitation-link").innerText();

      await ben.goto(new URL(link, server.url).href);
      await ben.getByRole("heading", { level: 1, name: "Choose a new password, Ben Eze" }).waitFor();
      await look(ben, options);
      await ben.getByLabel("Choose a password").fill("kettle moss violin dune two");
      await ben.getByRole("button", { name: "Save and sign in" }).click();
      await ben.getByRole("heading", { level: 1, name: "My training" }).waitFor();
      assert.equal((await ben.goto(`${server.url}/audit`)).status(), 404);

      await ada.getByRole("link", { name: "Audit log of this person" }).click();
      await look(ada, options);
      const log = await ada.getByRole("table").innerText();
      for (const words of [/Page refused[^]*\/audit/, /Link made[^]*reset/, /Person changed/, /Password changed/, /127\.0\.0\.1/]) {
        assert.match(log, words);
      }
      await ada.getByLabel("What happened").selectOption("Sign-in refused");
      await ada.getByRole("button", { name: "Show" }).click();
      await ada.getByRole("heading", { name: "Nothing found" }).waitFor();
      await look(ada, options);
    });

    test("departments are moved, and a stale form loses nothing", async () => {
      await ada.goto(`${server.url}/departments`);
      await ada.getByLabel("Name").fill("Mercy Clinic");
      await ada.getByRole("button", { name: "Add this department" }).click();
      await ada.getByRole("link", { name: "Ward 3" }).click();
      await look(ada, options);
      await ada.getByLabel("Belongs to").selectOption("Mercy Clinic");
      await ada.getByLabel("Name").fill("Ward 3 East");
      await ada.getByRole("button", { name: "Save" }).click();
      assert.equal(await ada.locator(".tree .tree a").innerText(), "Ward 3 East");

      const second = await ada.context().newPage();
      await ada.goto(`${server.url}/people/2/edit`);
      await second.goto(`${server.url}/people/2/edit`);
      await ada.getByLabel("Full name").fill("Ben Eze-Obi");
      await ada.getByRole("button", { name: "Save" }).click();
      await ada.getByRole("heading", { level: 1, name: "Ben Eze-Obi" }).waitFor();
      await second.getByLabel("Full name").fill("Benjamin Eze");
      await second.getByRole("button", { name: "Save" }).click();
      await second.getByRole("alert").getByRole("link", { name: /Somebody else changed this person/ }).waitFor();
      assert.equal(await second.getByLabel("Full name").inputValue(), "Benjamin Eze");
      await second.getByRole("button", { name: "Save" }).click();
      await second.getByRole("heading", { level: 1, name: "Benjamin Eze" }).waitFor();
    });
  });
}

describe("by keyboard alone", () => {
  let server;
  let page;

  before(async () => {
    server = await startServer();
    page = await newPage(browser);
    await setUp(page, server);
  });

  after(async () => {
    await closePage(page);
    await server?.stop();
  });

  test("signing in and reading a page", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "Skip to main content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("ada@example.org");
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "My training" }).waitFor();
    for (let presses = 0; (await focused()) !== "Start"; presses += 1) {
      assert.ok(presses < 20, "Start is reached by Tab");
      await page.keyboard.press("Tab");
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(ring, "none", `${await focused()} shows that it has the focus`);
    }
    await page.keyboard.press("Enter");
    await page.locator(".page-steps-where").waitFor();
    for (let presses = 0; (await focused()) !== "Next"; presses += 1) {
      assert.ok(presses < 20, "Next is reached by Tab");
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await page.getByText("Page 2 of").waitFor();
  });
});
