// Without a connection: what was opened can be read, what was sent waits and is sent once, and it is nobody else's.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { begin, choice, choicesOf, movedOn, stepsOf } from "../lib/activities.mjs";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { FILES, LESSON, WINDOW } from "../lib/lessons.mjs";
import { lineTo } from "../lib/line.mjs";
import { PASSWORD, look, publish, setUp, signIn, welcome } from "../lib/steps.mjs";

let browser;
let server;
let line;
let page;
let logins = 0;

before(async () => {
  browser = await launch();
  server = await startServer();
  line = await lineTo(server);
  await publish(server, FILES);
  const ada = await newPage(browser);
  await setUp(ada, server);
  await closePage(ada);
  const chi = await newPage(browser);
  await welcome(chi, server, "Chi Eze", "chi");
  await closePage(chi);
});

after(async () => {
  await browser?.close();
  await line?.cut();
  await server?.stop();
});

/** The service worker has this page. */
const taken = () => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** The addresses of the pages that are kept on the device. */
const kept = () =>
  page.evaluate(async () => {
    if (!(await caches.has("pages"))) return [];
    return (await (await caches.open("pages")).keys()).map(({ url }) => new URL(url).pathname);
  });

/** Waits until a page is kept. */
const isKept = (path) =>
  page.waitForFunction(async (path) => {
    if (!(await caches.has("pages"))) return false;
    return (await (await caches.open("pages")).keys()).some(({ url }) => new URL(url).pathname === path);
  }, path);

const lesson = (number) => `/modules/${LESSON.slug}/${LESSON.pages[number - 1]}`;
const to = (path) => page.goto(`${line.url}${path}`);

async function offline() {
  await page.context().setOffline(true);
  await line.cut();
}

async function online() {
  await line.mend();
  await page.context().setOffline(false);
}

/** How many pages of the lesson the server has as read, asked past the line and the service worker. */
async function readOnServer() {
  const html = await (await page.request.get(`${server.url}/modules/${LESSON.slug}`)).text();
  return html.split(">Read<").length - 1;
}

describe("without a connection", () => {
  let login;

  beforeEach(async () => {
    page = await newPage(browser);
    logins += 1;
    login = `N-${logins}`;
    await welcome(page, { ...server, url: line.url }, `Ben Eze ${logins}`, login);
    await taken();
  });

  afterEach(async () => {
    await closePage(page);
    if (line.isCut()) await line.mend();
  });

  test("a page that was opened can be read and says so, one that was not says what can be read", async () => {
    await to(lesson(1));
    await isKept(lesson(1));
    await offline();
    const answer = await to(lesson(1));
    assert.equal(answer.status(), 200);
    const notice = page.getByRole("status").filter({ hasText: "You are offline" });
    assert.match(await notice.innerText(), /This is the page as you opened it on \d+ \w+ \d{4}, \d\d:\d\d/);
    await page.getByText("Two soft knocks, your name, and a pause.").waitFor();
    await look(page);
    assert.equal((await to(lesson(4))).status(), 503);
    await page.getByRole("heading", { level: 1, name: "You are offline" }).waitFor();
    await look(page);
    await online();
    await to(lesson(1));
    assert.equal(await page.getByText("You are offline").count(), 0);
  });

  test("a role-play and a quiz are never kept", async () => {
    await begin(page, line, WINDOW.slug, "Practise");
    await to(`/quizzes/night-quiz-at-once`);
    await to(lesson(1));
    await isKept(lesson(1));
    assert.deepEqual((await kept()).filter((path) => /role-plays|quizzes/.test(path)), []);
    await offline();
    assert.equal((await to(`/role-plays/${WINDOW.slug}/play`)).status(), 503);
    await online();
  });

  test("a form waits, is sent once when the line is back, and the server has it", async () => {
    await to(lesson(1));
    await isKept(lesson(1));
    await offline();
    await to(lesson(1));
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("heading", { level: 1, name: "Waiting to send" }).waitFor();
    await page.getByText("Waiting to send: 1").waitFor();
    await look(page);
    await page.getByRole("link", { name: /^Go back to/ }).click();
    await page.getByText("Two soft knocks").waitFor();
    await page.getByText("Waiting to send: 1").waitFor();
    assert.equal(await readOnServer(), 0);

    const sent = [];
    page.context().on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/read")) sent.push(request.url());
    });
    await online();
    await page.getByText(/^Sent: Knock first/).waitFor();
    assert.equal(await readOnServer(), 1);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await to(`/modules/${LESSON.slug}`);
    await page.getByText("Read", { exact: true }).waitFor();
    assert.equal(await page.getByText("Waiting to send").count(), 0);
    assert.equal(sent.length, 1, sent.join(", "));
  });

  test("an answer to a check waits in place and says so", async () => {
    await to(lesson(2));
    await hydrated(page);
    await offline();
    await page.locator(".choice input").first().check();
    await page.getByRole("button", { name: "Check my answer" }).click();
    await page.getByRole("status").filter({ hasText: "You are offline. This is kept on this device" }).waitFor();
    assert.equal(await page.locator(".choice input").first().isChecked(), true);
    await look(page);
    await online();
    await page.getByText(/^Sent: /).waitFor();
    await page.reload();
    await page.locator("#verdict").waitFor();
  });

  test("a choice of a role-play says that it waits, and is taken when the line is back", async () => {
    await begin(page, line, WINDOW.slug, "Play for real");
    await hydrated(page);
    const before = await choicesOf(page);
    await offline();
    await (await choice(page, WINDOW.best[0])).click();
    await page.getByRole("status").filter({ hasText: "You are offline. This is kept on this device" }).waitFor();
    assert.deepEqual(await choicesOf(page), before, "it stays where it is");
    await page.getByText("Waiting to send: 1").waitFor();
    await look(page);
    await online();
    await page.getByText(/^Sent: The open window/).waitFor();
    await page.reload();
    assert.equal(await stepsOf(page), "1");
    await (await choice(page, WINDOW.best[1])).click();
    await movedOn(page, "1");
    await page.getByRole("heading", { name: "You passed" }).waitFor();
  });

  test("another person on the same browser neither sees nor sends what waits", async () => {
    await to(lesson(1));
    await isKept(lesson(1));
    await offline();
    await to(lesson(1));
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("heading", { level: 1, name: "Waiting to send" }).waitFor();

    // The session ends while the line is away: nothing is sent as anybody.
    await page.context().clearCookies();
    await online();
    await signIn(page, line, "chi");
    await page.getByRole("heading", { level: 1, name: "My training" }).waitFor();
    await taken();
    await to(lesson(2));
    await isKept(lesson(2));
    assert.equal(await page.getByText(/Waiting to send|Sent:|Knock first, /).count(), 0, "it is not shown");
    assert.ok(!(await kept()).includes(lesson(1)), "the first person's pages are gone");
    assert.equal(await readOnServer(), 0, "nothing was sent for the second person");
    await offline();
    assert.equal((await to(lesson(1))).status(), 503, "it cannot be read");
    await online();

    await to("/");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail or staff number").fill(login);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(/^Sent: Knock first/).waitFor();
    assert.equal(await readOnServer(), 1, "it is sent when the first person is back");
  });
});
