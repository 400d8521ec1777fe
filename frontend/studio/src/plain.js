// The field as it is, for a browser in which the editor does not come up: the same jobs, done by a `<textarea>`.

import { into } from "./place.js";

/** What the page needs of a field, as the editor gives it. */
export function plain(field) {
  let sent = null;
  const moved = ["input", "keyup", "click"];
  return {
    value: () => field.value,
    changed: (told) => field.addEventListener("input", told),
    moved: (told) => moved.forEach((event) => field.addEventListener(event, told)),
    line: () => field.value.slice(0, field.selectionStart).split("\n").length,
    focus: () => field.focus(),
    replace(text) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    sent() {
      sent = field.value;
    },
    /** Takes in what somebody else changed, where nothing was typed since the text was sent. */
    take(edits) {
      if (field.value !== sent) return false;
      for (const { from, to, insert } of [...edits].reverse()) field.setRangeText(insert ?? "", from, to, "preserve");
      return true;
    },
    /** Marks the line of a problem, in the middle of the field. */
    go({ line, column }) {
      const lines = field.value.split("\n");
      const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      const here = lines[line - 1] ?? "";
      // A field that gets the focus shows its cursor, however its lines are broken.
      field.setSelectionRange(before, before);
      field.blur();
      field.focus({ preventScroll: true });
      field.setSelectionRange(before + into(here, column), before + here.length);
      field.scrollIntoView({ block: "center" });
    },
    show() {},
  };
}
