// The text of a document as a trainer writes it: in the editor with scripts, in the field without.

/**
 * Shows a part of the studio: on a phone with scripts, text, problems and preview are tabs.
 *
 * @param {import("playwright-core").Page} page
 * @param {"Text" | "Problems" | "Preview"} name
 * @param {{js?: boolean, width?: number}} options whether scripts run, and how wide the page is
 */
export async function show(page, name, { js = true, width = 1280 } = {}) {
  if (js && width < 768) await page.getByRole("tab", { name }).click();
}

/**
 * The text of the page that is open.
 *
 * @param {import("playwright-core").Page} page
 * @param {{js?: boolean}} options whether scripts run
 * @returns `box`: where it is written; `read`: all of it; `write`: puts another in its place; `swap`: a few words
 */
export function source(page, { js = true } = {}) {
  const box = js ? page.locator(".studio-editor .cm-content") : page.locator("#source");
  // The editor draws the lines that are seen. What the form would send is all of them.
  const read = () =>
    js ? box.evaluate((content) => new FormData(content.closest("form")).get("source")) : box.inputValue();
  const write = async (text) => {
    if (!js) return box.fill(text);
    await box.press("ControlOrMeta+A");
    await box.evaluate((content, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  };
  const swap = async (from, to) => {
    const text = await read();
    if (!text.includes(from)) throw new Error(`${from} is not in ${text}`);
    await write(text.replace(from, to));
  };
  return { box, read, write, swap };
}
