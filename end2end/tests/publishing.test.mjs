// What comes of a draft: the comparison that is looked at first, asking everybody who did it, a second pair of eyes, the history and a
// version in it, withdrawing, and the competencies that texts name. With and without scripts.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { closePage, launch, newPage, startServer } from "../lib/browser.mjs";
import { source } from "../lib/source.mjs";
import { look, publish, setUp, signIn, welcome } from "../lib/steps.mjs";

const ear = (ink) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4"><path d="M0 3h8" stroke="${ink}"/></svg>`;
const page = (kind, title, top, body) => `---\nkind: ${kind}\ntitle: ${title}\n${top}\n---\n\n# ${title}\n\n${body}`;
const FILES = {
  "listen.md": page("module", "Listen", "minutes: 2\ncomplete: [read]", "## First\n\nLook up.\n\n![An ear](img/ear.svg)\n"),
  "img/ear.svg": ear("#247"),
  "desk.md": page("job-aid", "Desk", "minutes: 1", "## First\n\nLook up.\n"),
  "competencies.yaml": "competencies:\n  - { id: calm, code: C1, name: Calm, levels: [Stays calm, Calms others, Teaches it] }\n",
};

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
    let tola;
    const listen = (rest = "") => `${server.url}/studio/module/listen${rest}`;
    /** Changes words of the text and goes to publish it. */
    const change = async (page, path, from, to) => {
      await page.goto(`${server.url}/studio/${path}`);
      await source(page, options).swap(from, to);
      await page.getByRole("button", { name: "Publish…" }).click();
      await page.getByRole("heading", { level: 1, name: /^Publish / }).waitFor();
    };
    /** Says what the change is, and publishes. */
    const decide = async (page, words) => {
      if (words) await page.getByLabel(words).check();
      await page.getByRole("button", { name: "Publish now" }).click();
      await page.getByText(/ is live/).first().waitFor();
    };

    before(async () => {
      server = await startServer();
      [ada, tola] = await Promise.all([1, 2].map(() => newPage(browser, options)));
      await setUp(ada, server);
      for (const path of ["/", "/first-steps"]) {
        await ada.goto(`${server.url}${path}`);
        await look(ada, options);
      }
      await publish(server, FILES);
      const number = await welcome(tola, server, "Tola Ojo", "t-1");
      await ada.goto(`${server.url}/people/${number}`);
      await ada.getByRole("button", { name: "Give: trainer" }).click();
      await ada.getByText("The right was given.").waitFor();
      await signIn(tola, server, "t-1");
      await tola.getByRole("heading", { name: "My training" }).waitFor();
    });

    after(async () => {
      for (const page of [ada, tola]) await closePage(page);
      await server?.stop();
    });

    test("what changes is looked at before it is decided, and where nobody is required it says so", async () => {
      await tola.goto(listen("/images"));
      await tola.getByLabel(/^Replace img\/ear\.svg with/).setInputFiles({ name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from(ear("#742")) });
      await tola.getByRole("button", { name: "Replace", exact: true }).click();
      await tola.getByText(/is replaced in the draft/).waitFor();
      await change(tola, "module/listen", "Look up.", "Look up, and smile.");
      await tola.getByText("In the page “First”:").waitFor();
      await tola.getByRole("heading", { name: "The picture img/ear.svg is another one" }).waitFor();
      assert.equal(await tola.getByRole("img", { name: "An ear" }).count(), 2);
      await tola.getByText("Nobody is required to do this: no requirement asks for it.").waitFor();
      const headings = await tola.locator("main h2").allInnerTexts();
      assert.deepEqual(headings, ["No problems", "What changes", "Pictures", "Who is affected", "The decision", "Side by side with what is live"]);
      await look(tola, options);
      await tola.getByRole("link", { name: "Go to the decision" }).click();
      await decide(tola, /Words only/);
    });

    test("an old version stands on the left of what is live, and no way leads from it into what is written now", async () => {
      await tola.getByRole("link", { name: "History" }).click();
      await tola.getByRole("heading", { level: 1, name: "History" }).waitFor();
      await look(tola, options);
      await tola.getByRole("link", { name: "See it, and what has changed since" }).click();
      await tola.getByRole("heading", { name: "What has changed since this version" }).waitFor();
      assert.deepEqual(await tola.locator(".diff th").allInnerTexts(), ["This version", "Live now"]);
      assert.match(await tola.locator(".diff-gone").innerText(), /Look up\.$/);
      assert.match(await tola.locator(".diff-new").innerText(), /Look up, and smile\.$/);
      await look(tola, options);
      const button = await tola.getByRole("button", { name: "Make this the draft again" }).boundingBox();
      const below = await tola.locator(".studio-preview").boundingBox();
      assert.ok(below.y - (button.y + button.height) >= 8, "they do not touch");
      await tola.getByRole("button", { name: "Make this the draft again" }).click();
      await tola.getByText("The earlier version is the draft now.").waitFor();
    });

    test("a draft that says what is live is thrown away where that is said", async () => {
      await change(tola, "module/listen", "Look up.", "Look up, and smile.");
      await tola.getByText("Nothing has changed: the draft says what is live.").waitFor();
      await look(tola, options);
      await tola.getByRole("button", { name: "Throw the draft away" }).click();
      await tola.getByText("The draft was thrown away.").waitFor();
    });

    test("nobody is asked what a change of a job aid is to learners", async () => {
      await change(tola, "job-aid/desk", "Look up.", "Look up first.");
      assert.equal(await tola.getByRole("radio").count(), 0);
      await look(tola, options);
      await decide(tola);
    });

    test("everybody who did it is asked to learn it soon", async () => {
      await ada.goto(`${server.url}/requirements/new`);
      await ada.getByLabel("What must be done").selectOption("listen");
      await ada.getByLabel("Name").fill("Listening");
      await ada.getByRole("button", { name: "Add this requirement" }).click();
      await ada.getByRole("link", { name: "Assign it" }).click();
      await ada.getByLabel("To whom").selectOption("everybody");
      await ada.getByRole("button", { name: "See what this does" }).click();
      await ada.getByText(/^This will give/).first().waitFor();
      await ada.getByRole("button", { name: "Assign it" }).click();
      await ada.getByRole("heading", { level: 1, name: "Assignments" }).waitFor();
      await tola.goto(`${server.url}/modules/listen/first`);
      await tola.locator(".reader-actions button").first().click();
      await tola.getByText(/You have completed|You have read it all|Completed/).first().waitFor();
      await change(ada, "module/listen", "Look up, and smile.", "Look up, smile, and wait.");
      await ada.getByText("1 person has done it, and it counts today").waitFor();
      await ada.getByLabel(/Everybody must learn it soon/).check();
      await ada.getByLabel("Why everybody must learn it soon").fill("People fell over the step.");
      await ada.getByLabel("How many days people have for it").fill("10");
      await ada.getByRole("button", { name: "Count again" }).click();
      await ada.getByText("(in 10 days)").waitFor();
      await look(ada, options);
      await decide(ada);
      await ada.goto(listen("/history"));
      await ada.getByText("Why soon: People fell over the step.").waitFor();
      await look(ada, options);
    });

    test("what is required is not withdrawn, and what is not goes and comes back", async () => {
      await ada.goto(listen("/withdraw"));
      await ada.getByText("It cannot be withdrawn yet:").waitFor();
      await look(ada, options);
      await ada.goto(`${server.url}/studio/job-aid/desk/withdraw`);
      await look(ada, options);
      await ada.getByRole("button", { name: "Withdraw it" }).click();
      await ada.getByText(/is withdrawn\./).waitFor();
      await ada.goto(`${server.url}/studio/job-aid/desk/withdraw`);
      await look(ada, options);
      await ada.getByRole("button", { name: "Make it live again" }).click();
      await ada.getByText("Desk is live again.").waitFor();
    });

    test("a second pair of eyes sends it back, and then approves it", async () => {
      await ada.goto(`${server.url}/site`);
      await ada.getByLabel(/A second pair of eyes/).check();
      await ada.getByRole("button", { name: "Save" }).click();
      await change(tola, "job-aid/desk", "Look up first.", "Look up at once.");
      assert.equal(await tola.getByRole("button", { name: "Publish now" }).count(), 0);
      await look(tola, options);
      await tola.getByRole("button", { name: "Ask for approval" }).click();
      await tola.getByText("You wrote some of it").waitFor();
      await ada.goto(`${server.url}/studio/job-aid/desk/publish`);
      await look(ada, options);
      await ada.getByRole("button", { name: "Send it back" }).click();
      await ada.getByRole("link", { name: /note|Say/i }).first().waitFor();
      await look(ada, options);
      await ada.getByLabel("A note to whoever wrote it").fill("At once is too soon.");
      await ada.getByRole("button", { name: "Send it back" }).click();
      await tola.reload();
      await tola.getByText("At once is too soon.").waitFor();
      await tola.getByRole("button", { name: "Ask for approval" }).click();
      await tola.getByText("You wrote some of it").waitFor();
      await ada.reload();
      await ada.getByRole("button", { name: "Approve it" }).click();
      await ada.getByText("Approved: it can be published now.").waitFor();
      await tola.reload();
      await decide(tola);
    });

    test("competencies are kept, and what takes one away stands apart", async () => {
      await tola.goto(`${server.url}/studio/competencies`);
      await look(tola, options);
      await tola.getByLabel("Name").fill("Patience");
      for (const level of ["First level", "Second level", "Third level"]) await tola.getByLabel(level).fill("Waits with people.");
      await tola.getByRole("button", { name: /^Add/ }).click();
      await tola.getByText("It is there.").waitFor();
      await tola.getByRole("link", { name: "Patience" }).click();
      await look(tola, options);
      const keep = await tola.getByRole("button", { name: "Keep it" }).boundingBox();
      const away = await tola.getByText("Take it away", { exact: true }).boundingBox();
      assert.ok(away.y - (keep.y + keep.height) >= 8 || away.x - (keep.x + keep.width) >= 8, "they do not touch");
      await tola.getByText("Take it away", { exact: true }).click();
      await look(tola, options);
      await tola.getByRole("button", { name: "Yes, take it away" }).click();
      await tola.getByText("The competency was taken away.").waitFor();
    });

    test("the library, the manual and what comes in are pages for everybody", async () => {
      for (const path of ["", "/new", "/help", "/help/S03", "/paths", "/import"]) {
        await tola.goto(`${server.url}/studio${path}`);
        await look(tola, options);
      }
      const text = "Which is it? {=This #Right. ~That #Wrong. }";
      await tola.getByLabel("The file").setInputFiles({ name: "week.gift", mimeType: "text/plain", buffer: Buffer.from(text) });
      await tola.getByLabel("Title").fill("The week");
      await tola.getByRole("button", { name: "Bring it in" }).click();
      await tola.getByRole("heading", { name: "What came in" }).waitFor();
      await look(tola, options);
      await tola.getByRole("button", { name: "Throw" }).first().click();
      await look(tola, options);
    });
  });
}
