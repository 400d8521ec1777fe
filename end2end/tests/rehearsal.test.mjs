// What a trainer does with a draft beside writing it: plays a role-play from any scene, answers a quiz, adds a picture with its
// description and replaces it, and puts a path together by moving modules. With and without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { show } from "../lib/source.mjs";
import { look, setUp, signIn, welcome } from "../lib/steps.mjs";

const DESK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 3h8" stroke="#247"/></svg>';

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

/** A photograph as a browser makes one: noise, wider than any page. */
async function photograph() {
  const page = await browser.newPage();
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 2400, height: 1200 });
    const context = canvas.getContext("2d");
    for (let at = 0; at < 400; at += 1) {
      context.fillStyle = `hsl(${(at * 47) % 360} 60% 50%)`;
      context.fillRect((at * 97) % 2400, (at * 61) % 1200, 300, 200);
    }
    return canvas.toDataURL("image/jpeg", 0.95);
  });
  await page.close();
  return Buffer.from(url.split(",")[1], "base64");
}

for (const options of [{ js: true, width: 1280 }, { js: false, width: 320 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let tola;
    const begin = async (kind, title) => {
      await tola.goto(`${server.url}/studio/new`);
      await tola.getByLabel("What it will be").selectOption({ label: kind });
      await tola.getByLabel("Title").fill(title);
      await tola.getByRole("button", { name: "Begin" }).click();
      await tola.getByRole("heading", { level: 1, name: title }).waitFor();
    };

    before(async () => {
      server = await startServer();
      const ada = await newPage(browser, options);
      tola = await newPage(browser, options);
      await setUp(ada, server);
      const number = await welcome(tola, server, "Tola Ojo", "t-1");
      await ada.goto(`${server.url}/people/${number}`);
      await ada.getByRole("button", { name: "Give: trainer" }).click();
      await ada.getByText("The right was given.").waitFor();
      await closePage(ada);
      await signIn(tola, server, "t-1");
      await tola.getByRole("heading", { name: "My training" }).waitFor();
    });

    after(async () => {
      await closePage(tola);
      await server?.stop();
    });

    test("a role-play is played as it is written, and from any scene", async () => {
      await begin("Role-play", "At the window");
      await tola.getByRole("button", { name: "Keep and play" }).click();
      await tola.getByText("How much longer?").waitFor();
      await look(tola, options);
      await tola.getByRole("link", { name: /Let me find out/ }).click();
      await tola.getByText("You say what he feels").waitFor();
      await tola.getByRole("link", { name: /I will come to you then/ }).click();
      await tola.getByRole("heading", { name: "Learners would pass" }).waitFor();
      await look(tola, options);
      await tola.getByRole("link", { name: "Back to decision 2" }).click();
      await tola.getByText("twenty minutes").first().waitFor();
      await tola.getByLabel("Scene", { exact: true }).selectOption({ label: "He doubts" });
      await tola.getByLabel("trust").fill("5");
      await tola.getByLabel("timed").check();
      await tola.getByRole("button", { name: "Begin here" }).click();
      await tola.getByText("You said so an hour ago.").waitFor();
      const behind = tola.getByRole("region", { name: "Behind the scene" });
      assert.match(await behind.innerText(), /trust\s+5\s+Flags that are set\s+timed/);
    });

    test("a quiz is answered as it is written", async () => {
      await begin("Quiz", "Ask");
      await tola.getByRole("button", { name: "Keep and answer" }).click();
      await tola.getByRole("heading", { name: "Question 1 of 3: Who comes first" }).waitFor();
      await tola.getByRole("button", { name: "Check my answer" }).click();
      await tola.getByText("Choose one answer").first().waitFor();
      await tola.getByLabel(/Let it ring/).check();
      await tola.getByRole("button", { name: "Check my answer" }).click();
      await tola.getByRole("heading", { name: "That is right" }).waitFor();
      await look(tola, options);
      await tola.getByRole("button", { name: "Next question" }).click();
      await tola.getByRole("button", { name: "Leave it out" }).click();
      await tola.getByRole("button", { name: "Leave it out" }).click();
      await tola.getByRole("heading", { name: "Learners would not pass" }).waitFor();
      await look(tola, options);
    });

    test("a picture comes in with its description, made small, and is replaced", async () => {
      await begin("Module", "Hello");
      await tola.getByRole("link", { name: "Pictures" }).click();
      await tola.getByText("It has no pictures yet.").waitFor();
      await tola.getByLabel("File", { exact: true }).setInputFiles({ name: "Ward 3.jpeg", mimeType: "image/jpeg", buffer: await photograph() });
      await tola.getByRole("button", { name: "Add it" }).click();
      await tola.getByText(/Say what is to be seen on it/).first().waitFor();
      await look(tola, options);
      await tola.getByLabel("File", { exact: true }).setInputFiles({ name: "Ward 3.jpeg", mimeType: "image/jpeg", buffer: await photograph() });
      await tola.getByLabel("Description").fill("The ward in the morning");
      await tola.getByLabel("Where it goes").selectOption({ label: "Under “Words that help”" });
      await tola.getByRole("button", { name: "Add it" }).click();
      await tola.getByText("Ward 3.jpeg is in the draft now, under “Words that help”.").waitFor();
      const picture = tola.getByRole("img", { name: "The ward in the morning" });
      const width = await picture.evaluate(async (image) => {
        await image.decode();
        return image.naturalWidth;
      }).catch(() => null);
      if (options.js) assert.equal(width, 1600);
      await look(tola, options);
      await tola.getByLabel(/^Replace img\/ward-3\.jpg with/).setInputFiles({ name: "desk.svg", mimeType: "image/svg+xml", buffer: Buffer.from(DESK) });
      await tola.getByRole("button", { name: "Replace", exact: true }).click();
      await tola.getByText(/of another kind/).first().waitFor();
      await tola.getByLabel(/^Replace img\/ward-3\.jpg with/).setInputFiles({ name: "new.jpg", mimeType: "image/jpeg", buffer: await photograph() });
      await tola.getByRole("button", { name: "Replace", exact: true }).click();
      await tola.getByText(/is replaced in the draft/).waitFor();
      await tola.getByRole("link", { name: "Back to the text" }).click();
      await show(tola, "Problems", options);
      await tola.getByRole("heading", { name: "No problems" }).waitFor();
      await show(tola, "Preview", options);
      await tola.getByRole("img", { name: "The ward in the morning" }).waitFor();
    });

    test("a path is put together by moving modules", async () => {
      await tola.goto(`${server.url}/studio`);
      await tola.getByRole("link", { name: "Suggested paths" }).click();
      await look(tola, options);
      await tola.getByLabel("Name").fill("Night porters");
      await tola.getByRole("button", { name: "Add this path" }).click();
      for (const title of ["Hello", "Calm and safe"]) {
        await tola.getByLabel("Module", { exact: true }).selectOption({ label: title });
        await tola.getByRole("button", { name: "Add this module" }).click();
        await tola.getByRole("listitem").getByRole("link", { name: title }).waitFor();
      }
      await look(tola, options);
      await tola.getByRole("button", { name: /^Move up.*Calm and safe/ }).click();
      await tola.getByText("The path was kept.").waitFor();
      const order = await tola.locator(".step-cards h3 a").allInnerTexts();
      assert.deepEqual(order, ["Calm and safe", "Hello"]);
    });
  });
}
