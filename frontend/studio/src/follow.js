// The preview shows the part that is being written.

/** After so long without a key or a move. */
const QUIET = 150;

/** The last part that begins at this line or above it. */
function partAt(line) {
  let found = null;
  for (const part of document.querySelectorAll(".studio-preview-body > .studio-part")) {
    const at = Number(part.querySelector("[data-line]")?.dataset.line ?? Infinity);
    if (at <= line) found = part;
  }
  return found;
}

/**
 * Scrolls the preview's own box, and never the page, to where the caret is; not while somebody is in the preview.
 *
 * @returns {(led?: boolean) => void} does so at once, for a preview that has just come in sight; where somebody was `led` to the place, also
 * while the pointer rests on the preview
 */
export function follow(text) {
  const box = document.querySelector(".studio-preview");
  let [last, quiet] = ["", 0];
  const go = (led = false) => {
    // What is not in sight cannot be scrolled.
    if (!box.getClientRects().length) return;
    const part = partAt(text.line());
    const isIn = box.matches(":hover") && !led;
    if (!part || (part.id === last && !led) || isIn || box.contains(document.activeElement)) return;
    last = part.id;
    const edge = parseFloat(getComputedStyle(box).paddingBlockStart);
    box.scrollTop += part.getBoundingClientRect().top - box.getBoundingClientRect().top - edge;
  };
  text.moved(() => {
    clearTimeout(quiet);
    quiet = setTimeout(() => go(), QUIET);
  });
  return go;
}
