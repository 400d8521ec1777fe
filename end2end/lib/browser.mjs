// What every journey needs: a browser, a page with or without JavaScript, a check for accessibility, a server of its own.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2 at AA, and what axe knows to be good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

function chromiumPath() {
  if (process.env.BEDSIDE_CHROMIUM) return process.env.BEDSIDE_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
  if (!found) throw new Error("no chromium in PATH; run: sudo apt-get install -y chromium");
  return found;
}

/** Starts the system's chromium. Close it with `browser.close()`. */
export function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

/**
 * Opens a page in a context of its own: no cookies, no cache. Errors that the page's scripts throw, and whatever the
 * content security policy refuses, fail the test when the page is closed by `closePage`.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {{js?: boolean, width?: number, dark?: boolean, worker?: boolean}} options `js`: whether scripts run; `width`: in
 *   CSS pixels; `worker`: whether the service worker is let in
 */
export async function newPage(browser, { js = true, width = 1280, dark = false, worker = true } = {}) {
  const context = await browser.newContext({
    serviceWorkers: worker ? "allow" : "block",
    javaScriptEnabled: js,
    viewport: { width, height: 800 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  problems.set(page, []);
  if (!js) withoutScripts.add(page);
  page.on("pageerror", (error) => problems.get(page).push(String(error)));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) problems.get(page).push(message.text());
  });
  return page;
}

const problems = new WeakMap();
const withoutScripts = new WeakSet();

/** Closes a page and its context; fails when its scripts threw or its policy was broken. */
export async function closePage(page) {
  await page.context().close();
  assert.deepEqual(problems.get(page), [], "errors in the page's scripts");
}

/** Waits until every island of the page is alive. A page without islands never is. */
export function hydrated(page) {
  return page.waitForFunction(() => document.documentElement.dataset.hydrated === "true");
}

/** Fails on any violation that axe finds, naming rule, place and help. The page must run scripts: axe is one. */
export async function assertAccessible(page, what = page.url()) {
  assert.ok(!withoutScripts.has(page), "axe cannot look at a page whose scripts are off");
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    RULES,
  );
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((n) => n.target.join(" ")).join("\n    ")}`);
  assert.equal(told.length, 0, `${what} is not accessible:\n  ${told.join("\n  ")}`);
}

/** Fails when the page must be scrolled sideways (WCAG 1.4.10). */
export async function assertNoSidewaysScroll(page, what = page.url()) {
  const [content, window] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth];
  });
  assert.ok(content <= window, `${what} is ${content} px wide in a window of ${window} px`);
}

/**
 * Starts `bedside serve` with a new database in a temporary folder, on a port that the system chooses, and waits until
 * it is ready.
 *
 * @param {string | undefined} bin path of the program
 * @param {{args?: string[], env?: Record<string, string>}} options more arguments and variables for the server
 * @returns {Promise<{url: string, setUpLink: string | undefined, folder: string, log: () => string,
 *   run: (...args: string[]) => Promise<string>, stop: () => Promise<void>}>} `run`: another command of the program, on the
 *   same database
 */
export async function startServer(bin = process.env.BEDSIDE_BIN, { args = [], env = {} } = {}) {
  if (!bin) throw new Error("BEDSIDE_BIN must be the path of the program; `cargo xtask test` sets it");
  const folder = await mkdtemp(join(tmpdir(), "bedside-end2end-"));
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("BEDSIDE_"));
  const variables = { ...Object.fromEntries(inherited), BEDSIDE_DATABASE_URL: `sqlite:${join(folder, "bedside.db")}`, ...env };
  const child = spawn(bin, ["serve", "--address", "127.0.0.1:0", ...args], {
    cwd: folder,
    env: variables,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const run = async (...command) => (await promisify(execFile)(bin, command, { cwd: folder, env: variables })).stdout;
  const log = [];
  child.stderr.on("data", (chunk) => log.push(chunk.toString()));
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  // A test run that is cut short must not leave a server behind.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);

  const stop = async () => {
    process.off("exit", end);
    if (child.exitCode === null && child.signalCode === null && child.pid) {
      const exit = once(child, "exit");
      process.kill(child.pid, "SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await exit;
      clearTimeout(patience);
    }
    await rm(folder, { recursive: true, force: true });
  };

  try {
    let setUpLink;
    const address = new Promise((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        log.push(`${line}\n`);
        const link = /https?:\/\/\S+/.exec(line)?.[0];
        if (link?.includes("/setup/")) setUpLink = link;
        else if (link && line.startsWith("Listening on ")) resolve(link);
      });
    });
    const failed = ended.then((why) => {
      throw new Error(`the server did not start, ${why}\n${log.join("")}`);
    });
    failed.catch(() => {});
    const url = await Promise.race([address, failed, timeLimit(30_000, log)]);
    await ready(url, log);
    return { url, setUpLink, folder, log: () => log.join(""), run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url, log) {
  const until = performance.now() + 30_000;
  while (performance.now() < until) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the server was not ready in time\n${log.join("")}`);
}

function timeLimit(milliseconds, log) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`the server told no address in time\n${log.join("")}`)), milliseconds).unref();
  });
}
