// An administrator says who must know what by when, and sees before each step whom it concerns.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { look, publish, setUp } from "../lib/steps.mjs";

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

    before(async () => {
      server = await startServer();
      ada = await newPage(browser, options);
      await setUp(ada, server);
      await publish(server, { "clean-hands.md": MODULE });
    });

    after(async () => {
      await closePage(ada);
      await server?.stop();
    });

    const heading = (name) => ada.getByRole("heading", { level: 1, name }).waitFor();
    const says = (words) => ada.getByText(words).first().waitFor();

    test("a requirement is added and its policy says what it means before it is saved", async () => {
      await ada.getByRole("link", { name: "Requirements", exact: true }).click();
      await look(ada, options);
      await ada.getByRole("link", { name: "Add a requirement" }).click();
      await ada.getByLabel("What must be done").selectOption("clean-hands");
      await ada.getByLabel("Name").fill("Hand hygiene");
      await look(ada, options);
      await ada.getByRole("button", { name: "Add this requirement" }).click();
      await heading("Hand hygiene");
      await look(ada, options);

      await ada.getByRole("link", { name: "Change the policy" }).click();
      await ada.getByLabel("Valid for").fill("2 months");
      await ada.getByRole("button", { name: "Save" }).click();
      await says("The renewal opens 60 days before the end, which is not shorter than the 2 months that it is valid");
      await look(ada, options);
      await ada.getByLabel("Valid for").fill("12 months");
      // The Enter key shows what it means; it saves nothing.
      await ada.getByLabel("Valid for").press("Enter");
      await says(/Someone assigned today would be due .* valid through /);
      await look(ada, options);
      await ada.getByRole("button", { name: "Save" }).click();
      await says("It acts on cycles that open from today on.");
    });

    test("an assignment says what it does, and ends after asking once more", async () => {
      await ada.getByRole("link", { name: "Assign it" }).click();
      await ada.getByLabel("To whom").selectOption("everybody");
      await look(ada, options);
      await ada.getByRole("button", { name: "See what this does" }).click();
      await says("This will give 1 person 1 new obligation.");
      await look(ada, options);
      await ada.getByRole("button", { name: "Assign it" }).click();
      await heading("Assignments");
      await look(ada, options);
      assert.equal(await ada.getByText("Running").count(), 1);
      await ada.getByRole("link", { name: /^End\s+the assignment of Hand hygiene/ }).click();
      await says("1 person loses the obligation.");
      await look(ada, options);
    });

    test("a policy is tried on paper and then applied to those it was shown for", async () => {
      await ada.goto(`${server.url}/requirements/1/policy`);
      await ada.getByLabel("So many days after that").fill("20");
      await ada.getByRole("button", { name: "Try on paper" }).click();
      await heading("Hand hygiene on paper");
      await ada.getByRole("link", { name: "On open cycles and present credits too: 1 of 1" }).click();
      await ada.getByRole("rowheader", { name: "Ada Obi" }).waitFor();
      await look(ada, options);
      await ada.getByText("Save and change 1 person").click();
      await ada.getByRole("button", { name: "Yes, apply it to them" }).click();
      await says("The policy was saved and applied to open cycles and present credits.");
      await says("Due 20 days after being assigned");
    });

    test("a path is made with plain buttons", async () => {
      await ada.goto(`${server.url}/paths`);
      await ada.getByLabel("Name").fill("First weeks");
      await ada.getByRole("button", { name: "Add this path" }).click();
      await ada.getByLabel("Requirement", { exact: true }).selectOption("1");
      await ada.getByLabel("Due after so many days").fill("10");
      await ada.getByRole("button", { name: "Add this step" }).click();
      await says("First weeks was saved.");
      assert.equal(await ada.getByLabel("Hand hygiene: Due after so many days").inputValue(), "10");
      await look(ada, options);
      await ada.getByText("Take out Hand hygiene").click();
      await ada.getByRole("button", { name: "Yes, take it out" }).click();
      await says("No steps yet.");
    });
  });
}
