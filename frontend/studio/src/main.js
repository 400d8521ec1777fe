// The studio's editor: the text in a good editor, the preview beside it, and a problem one press from its place. The page works without
// any of it.

import { edit } from "./editor.js";
import { follow } from "./follow.js";
import { hold, keeper, settle } from "./keep.js";
import { plain } from "./plain.js";
import { tabs } from "./tabs.js";

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

/** The line that an address names; that of a part of the preview where it names one. */
function addressed(hash) {
  const line = /^#line-(\d+)$/.exec(hash)?.[1];
  if (line) return Number(line);
  const named = (part) => new URL(`#${part.id}`, location.href).hash === hash;
  const part = [...document.querySelectorAll(".studio-part")].find(named);
  return Number(part?.querySelector("[data-line]")?.dataset.line) || null;
}

function studio(text) {
  // The lines have their numbers beside them now, and a press leads into the text itself.
  document.querySelector(".studio-lines")?.remove();
  const previewed = follow(text);
  const shown = tabs(previewed);
  const go = (line, column = 1) => {
    shown.show("text");
    text.go({ line, column });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-line]");
    if (link) {
      event.preventDefault();
      go(Number(link.dataset.line), Number(link.dataset.column ?? 1));
      // Whoever follows one in the preview is there.
      previewed(!link.closest(".studio-preview"));
      return;
    }
    // Whoever comes back from playing a scene comes back to it.
    const played = event.target.closest?.('.studio-part a[href*="/play?from="]');
    const { line } = played?.closest(".studio-part").querySelector("[data-line]")?.dataset ?? {};
    if (line) history.replaceState(history.state, "", `#line-${line}`);
  });
  keeper(field, text, shown.count);
  const arrive = (line) => {
    if (!line) return;
    go(line);
    previewed(true);
  };
  arrive(addressed(location.hash));
  addEventListener("hashchange", () => location.hash.startsWith("#line-") && arrive(addressed(location.hash)));
}

if (field) {
  const text = open(field);
  if ("studio" in field.dataset) studio(text);
}

const settles = document.querySelector("[data-settles]");
if (settles) hold(settles);
// Where the server kept the text of both by itself, what this device held is done with.
if (document.querySelector("[data-settled]")) settle();
