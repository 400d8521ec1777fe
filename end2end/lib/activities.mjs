// What learners do in role-plays and quizzes, with the mouse; with and without scripts.

import assert from "node:assert/strict";

/** Words without what a page may set in another way: curly quotes and spaces. */
export const plain = (text) => text.replaceAll(/[“”]/g, '"').replaceAll(/[‘’]/g, "'").replaceAll(/\s+/g, " ").trim();

const texts = async (locator) => (await locator.allTextContents()).map(plain);

/** The place of the only one that says exactly this. */
async function placeOf(locator, text) {
  const found = await texts(locator);
  const place = found.indexOf(plain(text));
  assert.notEqual(place, -1, `"${text}" is one of: ${found.join(" | ")}`);
  return place;
}

// ---- Role-plays

/** The words of the choices, in the order in which they are shown. */
export const choicesOf = (page) => texts(page.locator(".line > span:last-child"));

/** A choice of the scene, by its words. */
export const choice = async (page, text) => page.locator(".line").nth(await placeOf(page.locator(".line > span:last-child"), text));

/** How many steps there were when the scene was drawn. */
export const stepsOf = (page) => page.locator("input[name=at]").first().inputValue();

/** Waits until the role-play has gone on from where it was: to another scene, or to its end. */
export const movedOn = (page, at) =>
  page.locator(`input[name=at]:not([value="${at}"])`).or(page.getByRole("heading", { level: 1, name: "Looking back" }))
    .first().waitFor({ state: "attached" });

/** Chooses by words, and waits for what comes of it. */
export async function choose(page, text) {
  const at = await stepsOf(page);
  await (await choice(page, text)).click();
  await movedOn(page, at);
}

/** Begins a role-play from its first page: "Practise" or "Play for real". */
export async function begin(page, server, slug, how) {
  await page.goto(`${server.url}/role-plays/${slug}`);
  await page.getByRole("button", { name: how }).click();
  await page.locator(".scene").waitFor();
}

// ---- Questions

/** Fills in an answer and does not send it. */
export async function fill(page, given, { js = true } = {}) {
  const form = page.locator("form.check");
  if (given.choose) {
    const wanted = given.choose.map(plain);
    const labels = await texts(form.locator(".choice label"));
    for (const text of wanted) assert.ok(labels.includes(text), `"${text}" is one of: ${labels.join(" | ")}`);
    const radios = (await form.locator(".choice input[type=radio]").count()) > 0;
    for (const [at, label] of labels.entries()) {
      if (!radios || wanted.includes(label)) await form.locator(".choice input").nth(at).setChecked(wanted.includes(label));
    }
  } else if (given.order) {
    for (const [place, text] of given.order.entries()) {
      const at = await placeOf(form.locator(".order-text"), text);
      const line = form.locator(".order-line").nth(at);
      if (!js) {
        await line.locator("select").selectOption(String(place + 1));
        continue;
      }
      for (let moves = at; moves > place; moves -= 1) await form.getByRole("button", { name: `Move up: ${text}` }).click();
    }
  } else if (given.pairs) {
    for (const [left, right] of Object.entries(given.pairs)) {
      const select = form.locator(".match-line").nth(await placeOf(form.locator(".match-line label"), left)).locator("select");
      await select.selectOption({ index: await placeOf(select.locator("option"), right) });
    }
  } else if (given.blanks) {
    const blanks = form.locator(".blank");
    assert.equal(await blanks.count(), given.blanks.length);
    for (const [at, text] of given.blanks.entries()) {
      const select = blanks.nth(at).locator("select");
      if ((await select.count()) > 0) await select.selectOption({ index: await placeOf(select.locator("option"), text) });
      else await blanks.nth(at).locator("input").fill(text);
    }
  } else {
    await form.locator("textarea").fill(given.text);
  }
}

/** What is filled in, in the same words. */
export async function filledIn(page) {
  const form = page.locator("form.check");
  return form.evaluate((form) => {
    const words = (element) => element.textContent.replaceAll(/\s+/g, " ").trim();
    const chosen = (control) => (control.matches("select") ? words(control.selectedOptions[0]) : control.value);
    const all = (selector, of = form) => [...of.querySelectorAll(selector)];
    const ticked = all(".choice input").filter((input) => input.checked).map((input) => words(input.labels[0]));
    return {
      ticked,
      places: Object.fromEntries(all(".order-line").map((line) => [words(line.querySelector(".order-text")), chosen(line.querySelector("select"))])),
      pairs: Object.fromEntries(all(".match-line").map((line) => {
        const select = line.querySelector("select");
        return [words(line.querySelector("label, span")), select ? chosen(select) : words(line.querySelector(".match-chosen"))];
      })),
      blanks: all(".blank input, .blank select").map(chosen),
      text: form.querySelector("textarea")?.value,
    };
  });
}

export const sendButton = (page) => page.locator("form.check button[type=submit]:not([name])");

/** Sends the answer of a quiz that tells at the end, and waits for the page after it. */
export async function keep(page) {
  const here = page.url();
  await sendButton(page).click();
  await page.waitForURL((url) => url.href !== here);
}

/** Starts a quiz from its first page, or tries again; where an attempt is open, goes on with it. */
export async function start(page, server, slug) {
  await page.goto(`${server.url}/quizzes/${slug}`);
  const first = page.getByRole("button", { name: /^(Start|Take it again|Try again what was not right)$/ });
  await first.or(page.getByRole("link", { name: "Go on", exact: true })).click();
  await page.locator("form.check").waitFor();
}

/** The heading of the question that is shown. */
export const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();

/** Answers every question of a quiz that tells at the end, by their headings, up to the review; one without an answer is left out. */
export async function answerAll(page, answers, { js = true, each = async () => {} } = {}) {
  while (!page.url().endsWith("/review")) {
    const given = answers[await heading(page)];
    if (given) await fill(page, given, { js });
    await each();
    await keep(page);
  }
}

/** Hands in from the review, and waits for the result. */
export async function handIn(page) {
  await page.getByRole("button", { name: "Hand in" }).click();
  await page.getByRole("heading", { level: 1, name: "Your result" }).waitFor();
}
