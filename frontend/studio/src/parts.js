// The parts of the page that follow the text, each put in the place of its class from what the server answers.

/** Parts that are filled anew. */
const WHOLE = [".studio-title", ".studio-stands", ".studio-also", ".studio-problems", ".studio-count", ".studio-throw"];
const PREVIEW = ".studio-preview-body";

/** What can have the focus in a part. */
const FOCUSED = "a, button, summary, input, [tabindex]";

/** Does `act`, which puts `there` in the place of `here`, and leaves what is open, scrolled and focused as it is. */
function keeping(here, there, act) {
  const open = [...here.querySelectorAll("details")].map((details) => details.open);
  const at = [...here.querySelectorAll(".map-scroll")].map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
  const focused = [...here.querySelectorAll(FOCUSED)].indexOf(document.activeElement);
  const [details, boxes] = [there.querySelectorAll("details"), there.querySelectorAll(".map-scroll")];
  const focusable = there.querySelectorAll(FOCUSED);
  act();
  for (const [number, one] of details.entries()) one.open = open[number] ?? one.open;
  for (const [number, box] of boxes.entries()) box.scrollTo(...(at[number] ?? [0, 0]));
  focusable[focused]?.focus({ preventScroll: true });
}

/** A part whose content is said when it changes must itself stay. */
const fill = (here, there) => keeping(here, there, () => here.replaceChildren(...there.childNodes));
const swap = (here, there) => keeping(here, there, () => here.replaceWith(there));

/** Draws only what differs, so that a long page stays quick and keeps its place. */
function follow(here, there) {
  const [old, fresh] = [[...here.children], [...there.children]];
  // What is equal at both ends stays; one part more in the middle must not draw all that follow.
  let end = 0;
  while (end < Math.min(old.length, fresh.length) && old.at(-1 - end).isEqualNode(fresh.at(-1 - end))) end++;
  const [left, right] = [old.slice(0, old.length - end), fresh.slice(0, fresh.length - end)];
  const next = old[left.length] ?? null;
  for (const [number, part] of right.entries()) {
    const before = left[number];
    if (!before) here.insertBefore(part, next);
    else if (!before.isEqualNode(part)) swap(before, part);
  }
  for (const part of left.slice(right.length)) part.remove();
}

/** Draws what the server answered. */
export function draw(page) {
  for (const part of WHOLE) {
    const [here, there] = [document.querySelector(part), page.querySelector(part)];
    if (here && there && here.innerHTML !== there.innerHTML) fill(here, there);
  }
  const [here, there] = [document.querySelector(PREVIEW), page.querySelector(PREVIEW)];
  if (here && there) follow(here, there);
}

/** The problems that the page lists. */
export const problems = () =>
  [...document.querySelectorAll(".studio-problems li")].flatMap((item) => {
    const { line, column } = item.querySelector("[data-line]")?.dataset ?? {};
    if (!line) return [];
    const said = [".studio-said", ".hint:not(:has(code))"].map((part) => item.querySelector(part)?.textContent);
    return [{
      line: Number(line),
      column: Number(column ?? 1),
      isError: Boolean(item.querySelector(".tag-overdue")),
      said: said.filter(Boolean).join("\n"),
    }];
  });

/** How many there are, in words. */
export const count = () => document.querySelector(".studio-problems h2")?.textContent ?? "";
