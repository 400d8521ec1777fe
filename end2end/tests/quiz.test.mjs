// Quizzes: every kind of question answered in every way, kept, looked over, handed in once, and tried again.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answerAll, fill, filledIn, handIn, heading, keep, plain, sendButton, start } from "../lib/activities.mjs";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { FILES, QUIZ } from "../lib/lessons.mjs";
import { look, publish, setUp, signIn, welcome } from "../lib/steps.mjs";

let browser;
let server;
let ada;

before(async () => {
  browser = await launch();
  server = await startServer();
  await publish(server, FILES);
  ada = await newPage(browser);
  await setUp(ada, server);
});

after(async () => {
  await closePage(ada);
  await browser?.close();
  await server?.stop();
});

const verdict = (page) => page.locator("#verdict h2");

/** How the page words what comes of an answer to each question. */
const partly = new Set(Object.keys(QUIZ.partly));
const words = {
  right: (title) => (title === "In your own words" ? "Something to compare with" : "That is right"),
  partly: (title) => (partly.has(title) ? "Partly right" : words.right(title)),
  wrong: (title) => (title === "In your own words" ? "Something to compare with" : "Not quite"),
};
const answers = {
  right: QUIZ.right,
  partly: { ...QUIZ.right, ...QUIZ.partly },
  wrong: { ...QUIZ.right, ...QUIZ.wrong },
};

for (const [at, options] of [{ js: true, width: 1280 }, { js: false, width: 1280 }, { js: true, width: 320, dark: true }].entries()) {
  describe(`${options.js ? "with" : "without"} JavaScript at ${options.width} px`, () => {
    const login = `N-${at}`;
    let page;
    let person;

    before(async () => {
      page = await newPage(browser, options);
      person = await welcome(page, server, `Ben Eze ${at}`, login);
    });

    after(() => closePage(page));

    const alive = (some = page) => options.js && hydrated(some);
    const toQuestion = async (slug, number, some = page) => {
      await some.goto(`${server.url}/quizzes/${slug}/questions/${number}`);
      await alive(some);
    };

    // A narrow page shows all there is to see in one way of answering; what it does is the same.
    const narrow = options.width < 400;
    const inFull = narrow ? () => undefined : test;
    const ways = narrow ? ["partly"] : ["wrong", "partly", "right"];
    for (const [turn, way] of ways.entries()) {
      test(`told at once, every kind of question answered ${way}`, async () => {
        await page.goto(`${server.url}/quizzes/${QUIZ.atOnce.slug}`);
        await look(page, options);
        await start(page, server, QUIZ.atOnce.slug);
        for (const title of QUIZ.headings) {
          await alive();
          assert.equal(await heading(page), title);
          if (turn === 0) await look(page, options);
          await fill(page, answers[way][title], options);
          const before = await filledIn(page);
          await sendButton(page).click();
          await verdict(page).waitFor();
          assert.equal(await verdict(page).innerText(), words[way](title), title);
          assert.equal(await sendButton(page).count(), 0, "the first answer stands");
          // Lines that lie right from the start may get their places only when they are sent.
          const places = Object.fromEntries((answers[way][title].order ?? []).map((text, at) => [text, String(at + 1)]));
          assert.deepEqual(await filledIn(page), { ...before, places }, `${title}: what was answered is shown`);
          if (turn < 2) await look(page, options);
          await page.locator(".reader-actions a.button").first().click();
          await page.waitForURL((url) => !url.pathname.endsWith(`/${QUIZ.headings.indexOf(title) + 1}`));
        }
        assert.doesNotMatch(await page.locator("#main").innerText(), /not answered/i);
        await look(page, options);
        await handIn(page);
        const passes = way === "right";
        await page.getByRole("heading", { name: passes ? "You passed" : "Not passed yet" }).waitFor();
        const score = { wrong: "0 of 100", partly: "54 of 100", right: "100 of 100" }[way];
        assert.match(await page.locator(".banner").innerText(), new RegExp(`^${passes ? "You passed" : "Not passed yet"}\\s+${score}`));
        await look(page, options);
      });
    }

    test("told at once, an answer that is missing is asked for", async () => {
      await start(page, server, QUIZ.atOnce.slug);
      const asks = {
        "One answer": "Choose one answer",
        "Several answers": "Choose at least one answer",
        "What belongs together": "Choose what belongs together",
        "Two gaps": "Fill in the gap",
        "In your own words": "Write something first",
      };
      for (const [title, asked] of Object.entries(asks)) {
        await toQuestion(QUIZ.atOnce.slug, QUIZ.headings.indexOf(title) + 1);
        await sendButton(page).click();
        await page.getByRole("alert").getByRole("link", { name: asked }).waitFor();
        if (options.js) assert.equal(await page.evaluate(() => document.activeElement.closest("[data-live]") !== null), true);
        else assert.match(await page.title(), /^Error: /);
        await look(page, options);
      }
    });

    test("told at the end, nothing of it is in the page before", async () => {
      await start(page, server, QUIZ.atTheEnd.slug);
      for (const [at, title] of QUIZ.headings.entries()) {
        await alive();
        await fill(page, answers.partly[title], options);
        await keep(page);
        const raw = await (await page.request.get(`${server.url}/quizzes/${QUIZ.atTheEnd.slug}/questions/${at + 1}`)).text();
        for (const secret of QUIZ.secrets) assert.ok(!plain(raw).includes(secret), `${title} does not tell: ${secret}`);
        assert.doesNotMatch(raw, /is-right|is-wrong|is-missed|Right would be|That is right|Partly right|Not quite/);
      }
      // The other quiz tells at once, and is open with nothing answered.
      for (const at of QUIZ.headings.keys()) {
        const raw = await (await page.request.get(`${server.url}/quizzes/${QUIZ.atOnce.slug}/questions/${at + 1}`)).text();
        assert.match(raw, /Check my answer/);
        for (const secret of QUIZ.secrets) assert.ok(!plain(raw).includes(secret), `told at once, it does not tell before: ${secret}`);
      }
    });

    inFull("answers stay as they were: after a reload, on another device, and with the back button", async () => {
      const phone = await newPage(browser, options);
      await signIn(phone, server, login);
      for (const [at, title] of QUIZ.headings.entries()) {
        await toQuestion(QUIZ.atTheEnd.slug, at + 1);
        await page.reload();
        await alive();
        const kept = await filledIn(page);
        const given = answers.partly[title];
        if (given.choose) assert.deepEqual(kept.ticked.map(plain).sort(), given.choose.map(plain).sort());
        if (given.order) assert.deepEqual(Object.keys(kept.places).sort((a, b) => kept.places[a] - kept.places[b]), given.order);
        if (given.order && options.js) assert.deepEqual(Object.keys(kept.places), given.order, "the lines lie in that order");
        if (given.pairs) assert.deepEqual(kept.pairs, given.pairs);
        if (given.blanks) assert.deepEqual(kept.blanks, given.blanks);
        if (given.text) assert.equal(kept.text, given.text);
        await page.getByText("Your answer is kept. You can still change it.").waitFor();
        await toQuestion(QUIZ.atTheEnd.slug, at + 1, phone);
        assert.deepEqual(await filledIn(phone), kept, `${title} on another device`);
      }
      await closePage(phone);
    });

    test("an answer is changed, and a stale form from another tab changes nothing", async () => {
      const second = await page.context().newPage();
      await toQuestion(QUIZ.atTheEnd.slug, 1);
      await toQuestion(QUIZ.atTheEnd.slug, 1, second);
      await fill(page, QUIZ.right["One answer"], options);
      await keep(page);
      await fill(second, QUIZ.wrong["One answer"], options);
      const [answer] = await Promise.all([
        second.waitForResponse((response) => response.request().method() === "POST"),
        sendButton(second).click(),
      ]);
      assert.equal(answer.status(), 409);
      await second.getByRole("heading", { name: "Nothing was changed" }).waitFor();
      assert.deepEqual((await filledIn(second)).ticked.map(plain), QUIZ.right["One answer"].choose.map(plain), "what is kept is shown");
      await look(second, options);
      await second.close();
    });

    test("the review shows what is missing, and leads there", async () => {
      for (const number of [2, 4]) {
        await toQuestion(QUIZ.atTheEnd.slug, number);
        await fill(page, number === 2 ? { choose: [] } : { pairs: Object.fromEntries(Object.keys(QUIZ.right["What belongs together"].pairs).map((left) => [left, "Choose…"])) }, options);
        await keep(page);
      }
      await page.goto(`${server.url}/quizzes/${QUIZ.atTheEnd.slug}/review`);
      await page.getByText("2 questions are not answered.").waitFor();
      assert.deepEqual(await page.locator(".module-card").filter({ hasText: "Not answered" }).locator("a").allInnerTexts(), [
        "2. Several answers",
        "4. What belongs together",
      ]);
      await look(page, options);
      await page.getByRole("link", { name: "4. What belongs together" }).click();
      await alive();
      await fill(page, QUIZ.right["What belongs together"], options);
      await keep(page);
      await page.goto(`${server.url}/quizzes/${QUIZ.atTheEnd.slug}`);
      await page.getByText("6 of 7 questions answered.").waitFor();
      await look(page, options);
      await page.getByRole("link", { name: "Look it over" }).click();
      await page.getByText("One question is not answered.").waitFor();
    });

    test("handed in twice, there is one result and one attempt less", async () => {
      const second = await page.context().newPage();
      await second.goto(page.url());
      await page.getByRole("button", { name: "Hand in" }).dblclick();
      await page.getByRole("heading", { level: 1, name: "Your result" }).waitFor();
      assert.match(await page.locator(".banner").innerText(), /Not passed yet[^]*2 attempts are left/);
      const result = page.url();
      await look(page, options);
      await page.goBack();
      await page.waitForURL(result);
      await second.getByRole("button", { name: "Hand in" }).click();
      await second.waitForURL(result);
      await second.goto(`${server.url}/quizzes/${QUIZ.atTheEnd.slug}`);
      await second.getByText("You have 2 attempts left.").waitFor();
      assert.equal(await second.locator(".link-list li").count(), 1);
      await look(second, options);
      await second.close();
    });

    test("the result tells, question by question, what was right", async () => {
      const lines = Object.fromEntries(
        (await page.locator(".result-line").allInnerTexts()).map((line) => [/^\d+\. (.+)/.exec(line)[1], plain(line)]),
      );
      assert.match(lines["One answer"], /That is right, 1 of 1 point.*She is not alone, and she knows for how long/);
      assert.match(lines["Several answers"], /Not answered, 0 of 1 point.*This is a right answer/);
      assert.match(lines["In order"], /Partly right, 0\.67 of 1 point.*Belongs to place 3.*The right order:.*Knocking comes before/);
      assert.match(lines["What belongs together"], /That is right, 1 of 1 point.*What you see decides/);
      assert.match(lines["Two gaps"], /Partly right, 0\.5 of 1 point.*Right would be: ring/);
      assert.match(lines["A number"], /That is right, 1 of 1 point/);
      assert.match(lines["In your own words"], /Not scored.*Something small that you can do/);
    });

    inFull("trying again asks only what was not right, and counts with what was", async () => {
      await page.getByRole("button", { name: "Try again what was not right" }).click();
      await page.locator("form.check").waitFor();
      const asked = [];
      while (!page.url().endsWith("/review")) {
        await alive();
        asked.push(await heading(page));
        await fill(page, QUIZ.right[asked.at(-1)], options);
        await keep(page);
      }
      assert.deepEqual(asked.filter((title) => title !== "In your own words"), ["Several answers", "In order", "Two gaps"]);
      await handIn(page);
      assert.match(await page.locator(".banner").innerText(), /You passed[^]*100 of 100/);
      assert.doesNotMatch(await page.locator(".banner").innerText(), /left/, "who has passed needs no other attempt");
      assert.equal(await page.getByText("Right in an earlier attempt").count(), 3);
      await look(page, options);
    });

    inFull("a minute is told as one minute", async () => {
      await page.goto(`${server.url}/quizzes/${QUIZ.timed.slug}`);
      assert.match(await page.locator("#main").innerText(), /You have (?:1|one) minute from the moment you start/);
    });

    inFull("against the clock the page says what is left, and more time shows at once", async () => {
      await start(page, server, QUIZ.timed.slug);
      assert.match(await page.locator(".page-steps-where").innerText(), /You have until \d\d:\d\d:\d\d \(a minute or less\)/);
      await look(page, options);

      await ada.goto(`${server.url}/team/${person}/allowance`);
      await look(ada);
      await ada.getByRole("button", { name: "Give" }).click();
      await ada.getByRole("alert").getByRole("link", { name: "Choose a quiz" }).waitFor();
      await look(ada);
      await ada.getByLabel("Quiz").selectOption(QUIZ.timed.title);
      await ada.getByLabel("More minutes for each attempt").fill("30");
      await ada.getByLabel("Why").fill("Reads with a magnifier");
      await ada.getByRole("button", { name: "Give" }).click();
      await ada.getByText(`Given to Ben Eze ${at}.`).waitFor();

      await page.reload();
      assert.match(await page.locator(".page-steps-where").innerText(), /You have until \d\d:\d\d:\d\d \(about 3[01] minutes\)/);
      await page.goto(`${server.url}/quizzes/${QUIZ.timed.slug}/review`);
      assert.match(await page.locator("#main").innerText(), /You have until \d\d:\d\d:\d\d \(about 3[01] minutes\)/);
    });

    inFull("after the last attempt there is none, until one more is given", async () => {
      await handIn(page);
      assert.match(await page.locator(".banner").innerText(), /No attempt is left/);
      assert.equal(await page.getByRole("button", { name: /again/ }).count(), 0);
      await page.goto(`${server.url}/quizzes/${QUIZ.timed.slug}`);
      await page.getByText("You have no attempt left. Ask your manager for another one.").waitFor();
      assert.equal(await page.getByRole("button", { name: /Start|again/ }).count(), 0);
      await look(page, options);
      await ada.goto(`${server.url}/team/${person}/allowance`);
      await ada.getByLabel("Quiz").selectOption(QUIZ.timed.title);
      await ada.getByLabel("More attempts").fill("1");
      await ada.getByLabel("Why").fill("The tablet ran empty");
      await ada.getByRole("button", { name: "Give" }).click();
      await ada.getByText(`Given to Ben Eze ${at}.`).waitFor();
      await page.reload();
      await page.getByText("You have one attempt left.").waitFor();
      await page.getByText("You have 31 minutes from the moment you start.").waitFor();
      await page.getByRole("button", { name: "Take it again" }).click();
      await page.locator("form.check").waitFor();
    });

    if (options.js && !narrow) {
      test("lines are put in order by dragging them", async () => {
        await start(page, server, QUIZ.atTheEnd.slug);
        await toQuestion(QUIZ.atTheEnd.slug, 3);
        for (const [place, text] of QUIZ.right["In order"].order.entries()) {
          const line = page.locator(".order-line").filter({ hasText: text });
          const lines = (await page.locator(".order-text").allInnerTexts()).map(plain);
          if (lines.indexOf(text) === place) continue;
          await line.dragTo(page.locator(".order-line").nth(place), { sourcePosition: { x: 8, y: 8 }, targetPosition: { x: 8, y: 4 } });
          assert.equal(plain(await page.locator(".order-text").nth(place).innerText()), text);
        }
        await keep(page);
        await toQuestion(QUIZ.atTheEnd.slug, 3);
        const { places } = await filledIn(page);
        assert.deepEqual(Object.keys(places).sort((a, b) => places[a] - places[b]), QUIZ.right["In order"].order);
      });

      test("moving a line keeps the focus and says where it is", async () => {
        await page.getByRole("button", { name: "Move down: Knock twice" }).click();
        await page.getByRole("status").filter({ hasText: "Now at place 2 of 4" }).waitFor();
        assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Move down: Knock twice");
        await look(page, options);
      });

      test("lines that lie right already can be sent as they lie", async () => {
        await start(page, server, QUIZ.atOnce.slug);
        await toQuestion(QUIZ.atOnce.slug, 3);
        const lies = (await page.locator(".order-text").allInnerTexts()).map(plain);
        await sendButton(page).click();
        await verdict(page).waitFor();
        const { places } = await filledIn(page);
        assert.deepEqual(Object.keys(places).sort((a, b) => places[a] - places[b]), lies);
      });
    }

    if (!options.js) {
      test("two lines with one place are told, and what was chosen stays", async () => {
        await start(page, server, QUIZ.atTheEnd.slug);
        await toQuestion(QUIZ.atTheEnd.slug, 3);
        const places = ["2", "2", "1", "3"];
        for (const [at, place] of places.entries()) await page.locator(".order-line select").nth(at).selectOption(place);
        await sendButton(page).click();
        await page.getByRole("alert").getByRole("link", { name: "Two lines have place 2: give each its own" }).waitFor();
        assert.match(await page.title(), /^Error: /);
        assert.deepEqual(Object.values((await filledIn(page)).places), places);
        await page.locator(".order-line select").nth(0).selectOption("");
        await sendButton(page).click();
        await page.getByRole("alert").getByRole("link", { name: "Give each line a place" }).waitFor();
        assert.deepEqual(Object.values((await filledIn(page)).places), ["–", "2", "1", "3"]);
      });
    }
  });
}
