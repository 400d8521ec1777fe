// Role-plays: practised and played for real, looked back on, and whatever people do in between.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { begin, choice, choicesOf, choose, movedOn, plain, stepsOf } from "../lib/activities.mjs";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { FILES, WINDOW, wordsOf } from "../lib/lessons.mjs";
import { look, publish, setUp, signIn, welcome } from "../lib/steps.mjs";

let browser;
let server;

before(async () => {
  browser = await launch();
  server = await startServer();
  await publish(server, FILES);
  const ada = await newPage(browser);
  await setUp(ada, server);
  await closePage(ada);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const scene = async (page) => plain(await page.locator(".scene").innerText());

/** What comes back for the next form that is sent. */
const answerTo = (page) => page.waitForResponse((response) => response.request().method() === "POST");

const widths = [{ js: true, width: 1280 }, { js: false, width: 1280 }, { js: true, width: 320, dark: true }];
for (const [at, options] of widths.entries()) {
  describe(`${options.js ? "with" : "without"} JavaScript at ${options.width} px`, () => {
    const login = `N-${at}`;
    let page;

    before(async () => {
      page = await newPage(browser, options);
      await welcome(page, server, `Ben Eze ${at}`, login);
    });

    after(() => closePage(page));

    const alive = (some = page) => options.js && hydrated(some);

    test("practice tells at once how a choice went, and takes it back", async () => {
      await page.goto(`${server.url}/role-plays/${WINDOW.slug}`);
      await look(page, options);
      await begin(page, server, WINDOW.slug, "Practise");
      await alive();
      await look(page, options);
      const first = await choicesOf(page);
      assert.equal(await page.getByRole("button", { name: "Take that back" }).count(), 0);
      await choose(page, WINDOW.ok[0]);
      await page.locator(".scene").getByText("Later help leaves her shivering until then.").waitFor();
      assert.match(await scene(page), /^You "I can have a look/);
      await look(page, options);
      const steps = await stepsOf(page);
      await page.getByRole("button", { name: "Take that back" }).click();
      await movedOn(page, steps);
      assert.deepEqual(await choicesOf(page), first, "the same choices, in the same order");
      assert.equal(await page.getByText("Later help leaves her").count(), 0);
      await choose(page, WINDOW.best[0]);
      await page.getByText(WINDOW.heard).waitFor();
      await choose(page, WINDOW.best[1]);
      await page.getByRole("heading", { name: "In practice, this would have passed" }).waitFor();
      assert.equal(await page.getByText("I can have a look at it after my round.").count(), 0, "what was taken back is no decision");
      await look(page, options);
    });

    test("played for real, nothing is told before the end, and all of it in the debrief", async () => {
      await begin(page, server, WINDOW.slug, "Play for real");
      await alive();
      for (const text of [WINDOW.poor, WINDOW.sorry, WINDOW.ok[1]]) {
        assert.equal(await page.locator(".feedback").count(), 0);
        assert.equal(await page.getByRole("button", { name: "Take that back" }).count(), 0);
        await look(page, options);
        await choose(page, text);
      }
      await page.getByRole("heading", { name: "Not passed yet" }).waitFor();
      const told = plain(await page.locator("#main").innerText());
      for (const words of [
        /It ended badly. Score: 50 of 100/,
        /1\. A cold draught You "The nurse opened that.*Made things harder A rule stands where an ear should be\. A better line "You are freezing/,
        /2\. A hard silence .* Very good An apology opens/,
        /Trust went from 40 to 40; Warmth went from 50 to 50; Patience went from 61 to 21, over 3 choices/,
        /Checklist: 1 of 2/,
        /Putting it right 100 of 100/,
        /Whose shoulders did you look at today\?/,
      ]) {
        assert.match(told, words);
      }
      await page.getByRole("img", { name: /Trust went from 40 to 40/ }).waitFor();
      assert.deepEqual((await page.locator(".checklist li").allTextContents()).map(plain), [
        "Not done: Said back what she said",
        "Done: Kept her safe",
      ]);
      await page.getByText("The numbers").click();
      assert.equal(await page.getByRole("row", { name: /Patience/ }).getByRole("cell").count(), 4, "the start and three choices");
      await page.getByText("The whole conversation").click();
      await look(page, options);
    });

    test("the way that passes says so, and a skill that was not met is not observed", async () => {
      await begin(page, server, WINDOW.slug, "Play for real");
      for (const text of WINDOW.best) await choose(page, text);
      await page.getByRole("heading", { name: "You passed" }).waitFor();
      const told = plain(await page.locator("#main").innerText());
      assert.match(told, /It ended well. Score: 100 of 100/);
      assert.match(told, /Checklist: 2 of 2/);
      assert.match(told, /Empathic listening 100 of 100 Calm and safety 100 of 100 Putting it right not observed/);
      await look(page, options);
      await page.goto(`${server.url}/role-plays/${WINDOW.slug}`);
      await page.locator(".tag-done").getByText("Passed").waitFor();
      assert.match(await page.locator(".link-list").innerText(), /100 of 100, passed[^]*50 of 100, not passed[^]*100 of 100, practice/);
      await look(page, options);
      await page.goto(`${server.url}/record`);
      assert.match(await page.locator("#main").innerText(), /The open window/);
      await look(page, options);
    });

    test("it is played again from the second decision, to practise", async () => {
      await page.goto(`${server.url}/role-plays/${WINDOW.slug}`);
      await page.locator(".link-list a").first().click();
      await page.getByRole("button", { name: "Play again from decision 2" }).click();
      await page.locator(".scene").waitFor();
      assert.match(await page.locator("#main > .caption").innerText(), /Practice/);
      assert.ok((await choicesOf(page)).includes(plain(WINDOW.best[1])), "it stands at the second decision");
      assert.match(await scene(page), /You are freezing/);
      await choose(page, WINDOW.critical);
      const told = plain(await page.locator("#main").innerText());
      assert.match(told, /In practice, this would not have passed.*One choice did harm/);
      assert.match(told, /1\. A cold draught.*2\. A second wish You "Here, drink mine.* Did harm/);
      await look(page, options);
    });

    test("a double click takes one step", async () => {
      await begin(page, server, WINDOW.slug, "Play for real");
      await alive();
      await (await choice(page, WINDOW.best[0])).dblclick();
      await movedOn(page, "0");
      await page.goto(`${server.url}/role-plays/${WINDOW.slug}/play`);
      assert.equal(await stepsOf(page), "1");
      assert.match(await scene(page), /You are freezing.*Lovely/);
    });

    test("the back button leads to where it stands now, and nothing is taken twice", async () => {
      await page.goBack();
      await page.goto(`${server.url}/role-plays/${WINDOW.slug}`);
      await page.getByRole("link", { name: "Go on", exact: true }).click();
      await page.locator(".scene").waitFor();
      await alive();
      assert.equal(await stepsOf(page), "1");
      await choose(page, WINDOW.best[1]);
      const debrief = page.url();
      await page.goBack();
      await page.waitForURL((url) => !url.pathname.endsWith("/play"));
      await page.goto(debrief);
      assert.equal(await page.locator(".debrief-path > li").count(), 2);
    });

    test("of two tabs the one that comes too late is told so and shows where it stands", async () => {
      await begin(page, server, WINDOW.slug, "Play for real");
      const second = await page.context().newPage();
      await second.goto(page.url());
      if (options.js) await Promise.all([hydrated(page), hydrated(second)]);
      await choose(page, WINDOW.poor);
      const [answer] = await Promise.all([answerTo(second), (await choice(second, WINDOW.best[0])).click()]);
      assert.equal(answer.status(), 409);
      await second.getByRole("heading", { name: "Nothing was changed" }).waitFor();
      assert.match(await second.getByRole("status").first().innerText(), /had moved on, perhaps in another tab/);
      assert.deepEqual(await choicesOf(second), await choicesOf(page));
      assert.equal(await stepsOf(second), "1");
      await look(second, options);

      await choose(second, WINDOW.sorry);
      const [late] = await Promise.all([answerTo(page), (await choice(page, WINDOW.sorry)).click()]);
      assert.notEqual(late.status(), 500);
      await page.locator(".line").getByText(plain(WINDOW.critical).slice(1, -1)).waitFor();
      assert.equal(await stepsOf(page), "2", "the same choice, sent in both, is taken once");
      await second.close();
    });

    test("a reload and another device go on in the middle, with everything as it was", async () => {
      const then = [await scene(page), await choicesOf(page), await page.locator(".scene-before").innerHTML()];
      await page.reload();
      assert.deepEqual([await scene(page), await choicesOf(page), await page.locator(".scene-before").innerHTML()], then);
      const phone = await newPage(browser, options);
      await signIn(phone, server, login);
      await phone.goto(`${server.url}/role-plays/${WINDOW.slug}`);
      await phone.getByRole("link", { name: "Go on", exact: true }).click();
      await phone.locator(".scene").waitFor();
      assert.deepEqual([await scene(phone), await choicesOf(phone), await phone.locator(".scene-before").innerHTML()], then);
      await choose(phone, WINDOW.best[1]);
      await phone.getByRole("heading", { level: 1, name: "Looking back" }).waitFor();
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "Looking back" }).waitFor();
      assert.equal(page.url(), phone.url());
      await closePage(phone);
    });

    test("before the end no answer holds words of what lies ahead, feedback, or how good a choice is", async () => {
      const { scenes, told } = wordsOf(WINDOW.text);
      const bytes = [];
      const read = [];
      const listen = (response) => {
        const kind = response.headers()["content-type"] ?? "";
        if (response.url().includes("/role-plays/") && kind.startsWith("text/html")) {
          read.push(response.text().then((text) => bytes.push(text), () => undefined));
        }
      };
      await begin(page, server, WINDOW.slug, "Play for real");
      await alive();
      page.on("response", listen);
      const seen = new Set();
      for (const [name, text] of [["A cold draught", WINDOW.poor], ["A hard silence", WINDOW.sorry], ["A second wish", undefined]]) {
        seen.add(name);
        const raw = await page.request.get(page.url());
        bytes.push(await raw.text());
        await Promise.all(read.splice(0));
        const secret = Object.entries(scenes).filter(([name]) => !seen.has(name)).flatMap(([, words]) => words);
        for (const html of bytes.splice(0)) {
          const words = plain(html.replaceAll(/<[^>]+>/g, " ").replaceAll("&quot;", '"').replaceAll(/&#(?:39|x27);/g, "'"));
          for (const hidden of [...secret, ...told, "Lovely. Could I have"]) {
            assert.ok(!words.includes(hidden), `at "${name}" nothing says: ${hidden}`);
          }
          assert.doesNotMatch(html, /\b(?:best|poor|critical|patience|recovery)\b|Very good|It will do|Made things harder|Did harm/i);
        }
        if (text) await choose(page, text);
      }
      page.off("response", listen);
    });
  });
}

describe("where scripts run", () => {
  let page;

  before(async () => {
    page = await newPage(browser);
    await welcome(page, server, "Chi Eze", "N-9");
    await begin(page, server, WINDOW.slug, "Practise");
    await hydrated(page);
  });

  after(() => closePage(page));

  /** Fails when a choice is under way, or was taken since. */
  const nothingSent = async (at) => {
    assert.equal(await page.locator(".live[aria-busy]").count(), 0, "nothing is under way");
    assert.equal(await stepsOf(page), at, "nothing was taken");
  };

  test("the keys 1 to 9 choose only while a choice has the focus", async () => {
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press("1");
    await nothingSent("0");
    await page.locator(".scene").focus();
    await page.keyboard.press("1");
    await nothingSent("0");
    await page.locator(".line").first().focus();
    for (const key of ["9", "0", "Control+1"]) {
      await page.keyboard.press(key);
      await nothingSent("0");
    }
    const place = (await choicesOf(page)).indexOf(plain(WINDOW.ok[0])) + 1;
    await page.keyboard.press(String(place));
    await movedOn(page, "0");
    assert.match(await scene(page), /I can have a look at it after my round/);
  });

  test("the next scene comes without a reload, at the same address, with the focus on it", async () => {
    const here = page.url();
    await page.evaluate(() => (globalThis.same = true));
    const at = await stepsOf(page);
    await page.getByRole("button", { name: "Take that back" }).click();
    await movedOn(page, at);
    await choose(page, WINDOW.best[0]);
    assert.equal(await page.evaluate(() => globalThis.same), true, "it is the same document");
    assert.equal(page.url(), here);
    assert.equal(await page.evaluate(() => document.activeElement.matches(".scene")), true);
    const top = await page.locator(".scene").evaluate((scene) => scene.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 800, "the scene is in sight");
  });

  test("a slow double click does not choose in the scene that came meanwhile", async () => {
    await begin(page, server, WINDOW.slug, "Play for real");
    await hydrated(page);
    await (await choice(page, WINDOW.poor)).click();
    await movedOn(page, "0");
    // The next scene lies where the pointer is.
    await page.locator(".line").first().hover();
    await page.mouse.down({ clickCount: 2 });
    await page.mouse.up({ clickCount: 2 });
    await nothingSent("1");
  });
});
