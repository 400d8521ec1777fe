// A manager's ten minutes on Monday: who is to do what, what to do about it, and the file for those who ask. Nothing of others is seen.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { csvRows, xlsxRows } from "../lib/files.mjs";
import { press, toBy } from "../lib/keys.mjs";
import { look, publish, setUp, signIn, welcome } from "../lib/steps.mjs";

const MODULE = `---
kind: module
title: Clean hands
minutes: 2
complete: [read]
---

# Clean hands

## First

Look up.
`;

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
    let mona;
    let numbers;
    let wards;

    before(async () => {
      server = await startServer();
      [ada, mona] = [await newPage(browser, options), await newPage(browser, options)];
      await setUp(ada, server);
      await publish(server, { "clean-hands.md": MODULE });
      wards = {};
      for (const ward of ["Ward 3", "Ward 4"]) {
        await ada.goto(`${server.url}/departments`);
        await ada.getByLabel("Name").fill(ward);
        await ada.getByRole("button", { name: "Add this department" }).click();
      }
      const other = await newPage(browser, options);
      numbers = {
        ben: await welcome(other, server, "Ben Eze", "n-7"),
        cleo: await welcome(other, server, "Cleo Bassey", "n-9"),
        mona: await welcome(mona, server, "Mona Udo", "n-8"),
      };
      await closePage(other);
      for (const [name, ward] of [["ben", "Ward 3"], ["cleo", "Ward 4"], ["mona", "Ward 3"]]) {
        await ada.goto(`${server.url}/people/${numbers[name]}`);
        await ada.getByLabel("Department", { exact: true }).selectOption(ward);
        wards[ward] = await ada.getByLabel("Department", { exact: true }).inputValue();
        await ada.getByLabel("Job role").fill("Nurse");
        await ada.getByRole("button", { name: "Save", exact: true }).click();
        await ada.getByText("Where they have worked").waitFor();
      }
      await ada.goto(`${server.url}/people/${numbers.mona}`);
      await ada.getByLabel("Manager of").selectOption("Ward 3");
      await ada.getByRole("button", { name: "Give: manager" }).click();
      await ada.getByText("The right was given.").waitFor();
      await ada.goto(`${server.url}/requirements/new`);
      await ada.getByLabel("What must be done").selectOption("clean-hands");
      await ada.getByLabel("Name").fill("Hand hygiene");
      await ada.getByRole("button", { name: "Add this requirement" }).click();
      await ada.getByRole("link", { name: "Change the policy" }).click();
      // Due as soon as a rule may ask for it, in 14 days: that is soon.
      await ada.locator("[name=first-due]").selectOption("assigned");
      await ada.locator("[name=first-due-days]").fill("1");
      await ada.getByRole("button", { name: "Save" }).click();
      await ada.getByRole("link", { name: "Assign it" }).click();
      await ada.getByLabel("To whom").selectOption("everybody");
      await ada.getByRole("button", { name: "See what this does" }).click();
      await ada.getByRole("button", { name: "Assign it" }).click();
      await ada.getByRole("heading", { level: 1, name: "Assignments" }).waitFor();
      await signIn(mona, server, "n-8");
      await heading(mona, "My training");
    });

    after(async () => {
      for (const page of [ada, mona]) await closePage(page);
      await server?.stop();
    });

    const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    const says = (page, words) => page.getByText(words).first().waitFor();
    /** By keyboard where scripts run and the page is wide, else by mouse or finger. */
    const go = (page, locator) => (options.js && options.width > 640 ? press(page, locator) : locator.click());
    const names = async (page) => (await page.locator("tbody th[data-label=Person]").allInnerTexts()).map((name) => name.replace(/^Person: /, ""));

    test("Monday: who is to do what, and more time for one of them, seen first and taken back", async () => {
      await go(mona, mona.getByRole("link", { name: "Reports", exact: true }));
      await heading(mona, "Reports");
      await look(mona, options);
      await go(mona, mona.getByRole("link", { name: "Actions", exact: true }));
      await heading(mona, "Actions");
      await says(mona, /As of .* 2 rows/);
      assert.deepEqual((await names(mona)).sort(), ["Ben Eze", "Mona Udo"], "Ward 4 is somebody else's");
      await look(mona, options);
      const box = mona.getByRole("checkbox", { name: /Ben Eze/ });
      if (options.js && options.width > 640) {
        await toBy(mona, box);
        await mona.keyboard.press("Space");
      } else {
        await box.check();
      }
      assert.equal(await mona.getByRole("checkbox", { name: /Mona Udo/ }).count(), 0, "nothing is done about oneself");
      await go(mona, mona.getByRole("button", { name: "Extend", exact: true }));
      const day = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
      await mona.getByLabel("New due date").fill(day);
      await mona.getByRole("textbox", { name: "Why" }).fill("The ward was closed");
      await look(mona, options);
      await go(mona, mona.getByRole("button", { name: "Show what follows" }));
      await says(mona, "Ben Eze");
      await look(mona, options);
      await go(mona, mona.getByRole("button", { name: /^Extend/ }));
      await heading(mona, "Done from the list");
      await look(mona, options);
      await mona.goto(`${server.url}/reports/actions`);
      assert.deepEqual(await names(mona), ["Mona Udo"]);
      await mona.goto(`${server.url}/reports/actions/done`);
      await go(mona, mona.getByRole("button", { name: /^(Undo|Take)/ }).first());
      await mona.locator(".banner-success").waitFor();
      await mona.goto(`${server.url}/reports/actions`);
      assert.deepEqual((await names(mona)).sort(), ["Ben Eze", "Mona Udo"], "it is as it was");
    });

    test("a number leads to the people behind it, and a date to its reasons", async () => {
      await mona.goto(`${server.url}/reports/departments`);
      await look(mona, options);
      await go(mona, mona.locator("tbody tr").first().locator("[data-label='Due soon'] a"));
      await heading(mona, "Due soon");
      assert.deepEqual((await names(mona)).sort(), ["Ben Eze", "Mona Udo"]);
      await look(mona, options);
      await go(mona, mona.getByRole("row", { name: /Ben Eze/ }).locator("[data-label=Due] a"));
      await mona.getByRole("heading", { level: 1, name: /Hand hygiene/ }).waitFor();
      await says(mona, /assigned/);
      for (const report of ["expiring", "matrix", "trend"]) {
        await mona.goto(`${server.url}/reports/${report}`);
        await look(mona, options);
      }
    });

    test("a view is saved, and found again", async () => {
      await mona.goto(`${server.url}/reports/actions?status=due-soon&sort=name`);
      const form = mona.locator("form", { has: mona.locator("[name=view_name]") });
      const opens = mona.locator("details", { has: form }).locator("summary");
      if (await opens.count()) await opens.click();
      await form.getByLabel("Name").fill("Due soon, by name");
      await form.getByRole("button", { name: "Save this view" }).click();
      await mona.goto(`${server.url}/reports`);
      await look(mona, options);
      await mona.getByRole("link", { name: "Due soon, by name", exact: true }).click();
      await heading(mona, "Due soon");
      assert.match(mona.url(), /status=due-soon/);
      assert.match(mona.url(), /sort=name/);
    });

    test("a file holds the rows of the page", async () => {
      await mona.goto(`${server.url}/reports/actions?sort=name`);
      const shown = await names(mona);
      const file = async (name) => {
        const [download] = await Promise.all([
          mona.waitForEvent("download"),
          mona.getByRole("button", { name, exact: true }).click(),
        ]);
        return readFile(await download.path());
      };
      const csv = csvRows((await file("CSV")).toString("utf8"));
      assert.deepEqual(csv.slice(1).map(([person]) => person), shown);
      assert.equal(csv[0][0], "Person");
      const xlsx = xlsxRows(await file("Excel (XLSX)"));
      assert.deepEqual(xlsx.map((row) => row.slice(0, 5)), csv.map((row) => row.slice(0, 5)), "the same rows as the CSV");
    });

    test("what is of another ward is not there, however it is asked for", async () => {
      const status = async (path) => (await mona.goto(`${server.url}${path}`)).status();
      assert.equal(await status(`/team/${numbers.cleo}/training`), 404);
      assert.equal(await status(`/reports/people/${numbers.cleo}`), 404);
      assert.equal(await status(`/reports/actions?department=${wards["Ward 4"]}`), 404);
      assert.equal(await status("/reports/actions?name=Cleo&status=assigned"), 200);
      await says(mona, /0 rows/);
      assert.equal(await mona.getByText("Bassey").count(), 0);
      await mona.goto(`${server.url}/reports/departments`);
      assert.equal(await mona.getByText("Ward 4").count(), 0);
    });
  });
}
