// The studio's editor: the text in a good editor, the preview beside it, and a problem one press from its place. The page works without
// any of it.

import { edit } from "./editor.js";
import { keeper, settle } from "./keep.js";
import { plain } from "./plain.js";

/** The editor; the field itself where the editor does not come up. */
function open(field) {
  try {
    return edit(field);
  } catch (error) {
    console.warn("The editor did not come up; the field does its jobs.", error);
    return plain(field);
  }
}

const field = document.querySelector("[data-knows]");

if (field) {
  const text = open(field);
  if ("studio" in field.dataset) {
    // The lines have their numbers beside them now, and a press leads into the text itself.
    document.querySelector(".studio-lines")?.remove();
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-line]");
      if (!link) return;
      event.preventDefault();
      text.go({ line: Number(link.dataset.line), column: Number(link.dataset.column ?? 1) });
    });
    keeper(field, text);
  }
}

// Where two texts were brought together, what this device held is done with.
document.querySelector("[data-settles]")?.addEventListener("submit", settle);
// Where the server kept the text of both by itself, so too.
if (document.querySelector("[data-settled]")) settle();
