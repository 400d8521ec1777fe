// What is asked of somebody comes first with its date and its reasons; a manager moves a date after seeing what follows.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
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

const DAY = /\d{1,2} [A-Z][a-z]{2} \d{4}/;

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
    let ben;
    let mona;
    let numbers;

    before(async () => {
      server = await startServer();
      [ada, ben, mona] = [await newPage(browser, options), await newPage(browser, options), await newPage(browser, options)];
      await setUp(ada, server);
      await publish(server, { "clean-hands.md": MODULE });
      await ada.getByLabel("Name").fill("Ward 3");
      await ada.getByRole("button", { name: "Add this department" }).click();
      numbers = { ben: await welcome(ben, server, "Ben Eze", "n-7"), mona: await welcome(mona, server, "Mona Udo", "n-8") };
      for (const number of Object.values(numbers)) {
        await ada.goto(`${server.url}/people/${number}`);
        await ada.getByLabel("Department", { exact: true }).selectOption("Ward 3");
        await ada.getByLabel("Job role").fill("Nurse");
        await ada.getByRole("button", { name: "Save", exact: true }).click();
        await ada.getByText("Where they have worked").waitFor();
      }
    });

    after(async () => {
      for (const page of [ada, ben, mona]) await closePage(page);
      await server?.stop();
    });

    const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    const says = (page, words) => page.getByText(words).first().waitFor();

    test("an administrator asks everybody for a module", async () => {
      await ada.goto(`${server.url}/requirements/new`);
      await ada.getByLabel("What must be done").selectOption("clean-hands");
      await ada.getByLabel("Name").fill("Hand hygiene");
      await ada.getByRole("button", { name: "Add this requirement" }).click();
      await ada.getByRole("link", { name: "Change the policy" }).click();
      await ada.getByLabel("Valid for").fill("12 months");
      await ada.getByRole("button", { name: "Save" }).click();
      await ada.getByRole("link", { name: "Assign it" }).click();
      await ada.getByLabel("To whom").selectOption("everybody");
      await ada.getByRole("button", { name: "See what this does" }).click();
      await says(ada, "This will give 3 people 1 new obligation.");
      await look(ada, options);
      await ada.getByRole("button", { name: "Assign it" }).click();
      await heading(ada, "Assignments");
    });

    test("a manager sees what follows before a due date is moved", async () => {
      await ada.goto(`${server.url}/people/${numbers.mona}`);
      await ada.getByLabel("Manager of").selectOption("Ward 3");
      await ada.getByRole("button", { name: "Give: manager" }).click();
      await says(ada, "The right was given.");
      // A right that changes signs out.
      await signIn(mona, server, "n-8");
      await mona.getByRole("link", { name: "Team", exact: true }).click();
      await mona.getByRole("link", { name: "Ben Eze", exact: true }).click();
      await heading(mona, "Training of Ben Eze");
      await look(mona, options);
      const before = await due(mona);
      await mona.getByText("Record for Hand hygiene").click();
      await mona.getByRole("link", { name: /^Extend/ }).click();
      await heading(mona, "Extend the due date");
      await look(mona, options);
      const later = new Date(Date.parse(`${before} UTC`) + 20 * 86_400_000);
      await mona.getByLabel("New due date").fill(later.toISOString().slice(0, 10));
      await mona.getByRole("textbox", { name: "Why" }).fill("The ward was closed");
      await mona.getByRole("button", { name: "Show what follows" }).click();
      await says(mona, "Nothing is recorded yet.");
      await says(mona, `Due: from ${before} to `);
      await look(mona, options);
      await ada.goto(`${server.url}/team/${numbers.ben}/training`);
      assert.equal(await due(ada), before, "looking moves nothing");
      await mona.getByRole("button", { name: "Record this" }).click();
      await heading(mona, "Training of Ben Eze");
      await says(mona, /Due date extended/);
      assert.equal(Date.parse(`${await due(mona)} UTC`), later.getTime());
      await look(mona, options);
    });

    test("it stands first on My training, with its day and why", async () => {
      await ben.goto(server.url);
      const next = ben.locator(".card-next");
      assert.match(await next.innerText(), /Hand hygiene[^]*Due \d{1,2} [A-Z][a-z]{2} \d{4} \(in \d+ days\)/);
      const [day] = DAY.exec(await next.innerText());
      await look(ben, options);
      await next.getByRole("link", { name: /^Due .*: why\?$/ }).click();
      await heading(ben, "Hand hygiene");
      await says(ben, `It is due ${day}.`);
      await says(ben, /The ward was closed/);
      await look(ben, options);
      await ben.goto(`${server.url}/modules/clean-hands`);
      await says(ben, `“Hand hygiene” is asked of you, due ${day}.`);
      await look(ben, options);
      await ben.getByRole("link", { name: "Why? Hand hygiene" }).click();
      await heading(ben, "Hand hygiene");
    });

    test("once it is completed it says through when it counts", async () => {
      await ben.getByRole("link", { name: "Go to Hand hygiene" }).click();
      await ben.getByRole("link", { name: "Start", exact: true }).click();
      await ben.locator(".reader-actions button").first().click();
      await ben.getByRole("heading", { name: "Completed" }).waitFor();
      assert.equal(await ben.getByText("is asked of you").count(), 0);
      await ben.goto(server.url);
      await says(ben, /valid through \d{1,2} [A-Z][a-z]{2} \d{4}/);
      await look(ben, options);
      await ben.goto(`${server.url}/record`);
      await look(ben, options);
      await ben.getByRole("link", { name: "What was recorded about me" }).click();
      await heading(ben, "Training of Ben Eze");
      await says(ben, /The ward was closed/);
      assert.equal(await ben.getByRole("link", { name: /^(Extend|Correct|Take away)/ }).count(), 0);
      await look(ben, options);
      await ben.goto(`${server.url}/profile/messages`);
      await says(ben, /questions wait about a module/);
      await look(ben, options);
    });

    /** The due date in the row of the one requirement. */
    async function due(page) {
      return DAY.exec(await page.locator("td[data-label=Due]").first().innerText())[0];
    }
  });
}
