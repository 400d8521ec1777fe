// What people do who have no mouse.

import assert from "node:assert/strict";

/** Presses Tab, or another key, until the element has the focus, which must be seen on the way. */
export async function toBy(page, locator, { key = "Tab", limit = 80 } = {}) {
  for (let presses = 0; presses <= limit; presses += 1) {
    const focused = await locator.evaluate((element) => element === document.activeElement);
    if (focused) return;
    await page.keyboard.press(key);
    assert.ok(await seen(page), `what has the focus is seen: ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120))}`);
  }
  assert.fail(`${locator} is not reached by ${key}`);
}

/** Whether what has the focus shows it, by an outline around itself or around what it lies in. */
const seen = (page) =>
  page.evaluate(() => {
    const shows = (element) => {
      // Of the parts of a date, the browser itself shows which one has the focus.
      if (element.type === "date") return true;
      const style = getComputedStyle(element);
      return style.outlineStyle !== "none" || style.boxShadow !== "none";
    };
    for (let element = document.activeElement, up = 0; element && element !== document.body && up < 3; element = element.parentElement, up += 1) {
      if (shows(element)) return true;
    }
    return document.activeElement === document.body;
  });

/** Goes to it and presses Enter. */
export async function press(page, locator) {
  await toBy(page, locator);
  await page.keyboard.press("Enter");
}

/** Chooses an option in a select that has the focus. */
export async function pick(page, select, index) {
  await toBy(page, select);
  for (let presses = 0; (await select.evaluate((select) => select.selectedIndex)) !== index; presses += 1) {
    assert.ok(presses < 20, "the arrows reach the option");
    const at = await select.evaluate((select) => select.selectedIndex);
    await page.keyboard.press(at < index ? "ArrowDown" : "ArrowUp");
  }
}

/** What has the focus is a part of the page, and not the page as a whole. */
export async function focusIsInside(page, what) {
  assert.equal(await page.evaluate(() => document.activeElement !== document.body && document.activeElement !== null), true, what);
}
