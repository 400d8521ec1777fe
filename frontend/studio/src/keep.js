// The preview follows what is typed, drafts keep themselves, and what could not be kept waits on the device.

import { ago, differing } from "./differ.js";
import { count, draw, problems } from "./parts.js";

/** After so long without a key the text is looked at, and kept. */
const LOOKED = 250;
const KEPT = 3000;
/** How often what could not be kept is tried again. */
const AGAIN = 15000;
const OFFLINE = "There is no connection. What you write is on this device, and is kept as a draft when there is one again.";
const UNCHECKED = "There is no connection, so it could not be checked. The problems and the preview are those of before.";
const APART =
  "This draft was changed elsewhere too, in a way that does not fit with yours. From here on nothing is kept by itself: what you write is on this device only, until you see both texts and choose.";
const REFUSED = "It could not be kept. Press “Keep as draft” to see why.";
const SIGNED_OUT = "You are signed out. What you wrote was put on this device: sign in in another window, then press “Keep as draft”.";
/** What asks for the parts that change and not for the page around them. */
const PARTS = { accept: "text/fragment+html" };

const shelf = `studio ${document.body.dataset.person} ${location.pathname}`;

/** Forgets what this device holds of the draft. */
export const settle = () => localStorage.removeItem(shelf);

const held = () => {
  try {
    return JSON.parse(localStorage.getItem(shelf));
  } catch {
    return null;
  }
};

const store = (left) => {
  try {
    localStorage.setItem(shelf, JSON.stringify(left));
  } catch {
    // A device without room for it still has the text in the field, and the server keeps it in a moment.
  }
};

/** Both texts are on the page, to choose from: this device holds one's own until the server has kept what was chosen. */
export function hold(form) {
  const { source, from, over } = form.elements;
  const left = { text: source.value.replace(/\r\n?/g, "\n"), rev: from.value, over: over?.value, at: Date.now() };
  store(left);
  form.addEventListener("submit", () => store({ ...left, settling: true }));
}

const make = (name, properties, ...content) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...content);
  return made;
};

/**
 * Keeps the text of a form.
 *
 * @param field the form's field, as the server sent it
 * @param text what stands in its place: the editor, or the field itself
 * @param drawn told when the parts of the page were drawn anew
 */
export function keeper(field, text, drawn = () => {}) {
  const { form } = field;
  const [status, aloud] = ["[data-status]", "[data-aloud]"].map((place) => form.querySelector(place));
  /** What the server keeps; nothing where what stands in the field was only looked at. */
  let kept = "unkept" in field.dataset ? null : field.defaultValue.replace(/\r\n?/g, "\n");
  let told = count();
  /** How the text stood when that was last read out. */
  let stands = "";
  let looking = null;
  let stopped = false;
  let underway = false;
  /** Whether the form itself is on its way, so that leaving the page loses nothing. */
  let leaving = false;
  let [later, soon] = [0, 0];
  /** What is said of the text as the server keeps it. */
  let asKept = form.elements.rev.value ? "Kept as a draft." : "Nothing has changed.";

  /** Shows how the text stands; reads it out where it stood otherwise when it was last said. */
  const say = (words, said = words) => {
    status.textContent = words;
    if (stands === said) return;
    stands = said;
    aloud.textContent = said;
  };

  /** Shows as a warning beside the text why it is not kept; `more` is what can be done about it. */
  const warn = (words, ...more) => {
    say(words);
    status.classList.add("studio-warns");
    status.append(...more);
  };

  const sayKept = (words = "") => {
    status.classList.remove("studio-warns");
    say(`${asKept}${words && ` ${words}`}`, words ? `Kept as a draft. ${words}` : "Kept as a draft.");
  };

  /** Whether nothing is there that the server does not keep. */
  const isKept = () => text.value() === kept;

  /** The device holds the text with the revision it was written from, until the server says that it keeps it. */
  const put = () => store({ text: text.value(), rev: form.elements.rev.value, over: form.elements.over?.value, at: Date.now() });

  /** Sends the form as its buttons would; gives the answer and its parts. */
  async function send(turn, signal) {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", turn);
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: PARTS, signal });
    return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
  }

  const show = (parts) => {
    draw(parts);
    drawn();
    text.show(problems());
    // Only how many there are is read out, and only when that changed: the list is there for whoever wants it.
    if (told === count()) return;
    told = count();
    aloud.textContent = told;
  };

  async function look(asked = false) {
    looking?.abort();
    looking = new AbortController();
    const { signal } = looking;
    try {
      const [answer, parts] = await send("check", signal);
      // The signal may come between the last byte and this.
      if (answer.ok && !signal.aborted) {
        show(parts);
        if (isKept() && !stopped && status.classList.contains("studio-warns")) sayKept();
      } else if (answer.status === 401) warn(SIGNED_OUT);
    } catch (error) {
      if (error.name === "AbortError") return;
      // Who asked is answered, also where the same was said before.
      if (asked) [stands, aloud.textContent] = ["", ""];
      if (!stopped) warn(asked ? UNCHECKED : OFFLINE);
    }
  }

  /** The server keeps what was sent, alone or together with what somebody else changed elsewhere in it. */
  function took(value, rev, time, parts) {
    const merged = parts.querySelector("[data-merged]");
    const edits = JSON.parse(merged?.dataset.edits ?? "[]");
    const typed = text.value() !== value;
    // Where that cannot be taken in, the text and its revision stay as they are: both are brought together once more.
    if (edits.length && !text.take(edits)) return;
    kept = merged?.querySelector("[data-text]")?.value ?? value;
    for (const input of document.querySelectorAll("input[name=rev]")) input.value = rev;
    asKept = time ? `Kept as a draft at ${time}.` : "Kept as a draft.";
    if (!typed) {
      settle();
      // A look that was begun before would put back how it stood then.
      looking?.abort();
      clearTimeout(soon);
      clearTimeout(later);
      show(parts);
    }
    const words = merged?.querySelector("[data-words]")?.textContent;
    if (!typed) return sayKept(words);
    // What was typed meanwhile is looked at, and kept, by itself.
    if (!words) return;
    status.classList.remove("studio-warns");
    say(`Not kept yet. ${words}`, words);
  }

  async function keep() {
    const value = text.value();
    // One after the other: each is changed from the revision that the one before made.
    if (stopped || underway || value === kept) return;
    underway = true;
    text.sent();
    try {
      const [answer, parts] = await send("keep");
      // An answer that brought two texts together has its revision with the text of both, so that neither is taken alone.
      const merged = parts.querySelector("[data-merged]");
      const rev = merged ? merged.dataset.mergedRev : parts.querySelector("[data-rev]")?.dataset.rev;
      const time = parts.querySelector("[data-time]")?.dataset.time;
      if (answer.status === 401) {
        warn(SIGNED_OUT);
      } else if (answer.status === 409) {
        // Whoever wrote it decides what becomes of both texts.
        stopped = true;
        const both = { type: "submit", name: "do", value: "keep", className: "button button-secondary button-small" };
        warn(APART, " ", make("button", both, "See both texts"));
      } else if (answer.ok && rev !== undefined) {
        took(value, rev, time, parts);
      } else {
        warn(REFUSED);
      }
    } catch {
      warn(OFFLINE);
    } finally {
      underway = false;
    }
  }

  /** What was typed before the line dropped or the window closed. */
  function offer() {
    const left = held();
    // What was chosen of two texts is kept, and says so.
    if (left?.settling && document.querySelector("main > .banner-success")) return settle();
    if (!left || left.text === text.value()) {
      if (text.value() === kept) settle();
      return;
    }
    const { line, lines, more } = differing(text.value(), left.text);
    const when = left.at ? ` ${ago(Date.now() - left.at)}` : "";
    const what = lines.length ? `From line ${line} on it says:` : `It leaves out what stands at line ${line}.`;
    const box = make("div", { className: "banner banner-warning studio-left" });
    box.setAttribute("role", "status");
    box.append(make("p", {}, `Something that you wrote here${when} was not kept. ${what}`));
    if (lines.length) {
      box.append(make("pre", {}, lines.join("\n") + (more > 0 ? `\n… and ${more} more ${more === 1 ? "line" : "lines"}` : "")));
    }
    const button = (name, act) => {
      const made = make("button", { type: "button", className: "button button-secondary" }, name);
      made.addEventListener("click", () => {
        act();
        box.remove();
        text.focus();
      });
      return made;
    };
    box.append(make(
      "div",
      { className: "button-row" },
      button("Put it back", () => {
        // From the revision it was written from: what others changed since is brought together with it, not overwritten.
        form.elements.rev.value = left.rev;
        if (form.elements.over && left.over !== undefined) form.elements.over.value = left.over;
        text.replace(left.text);
      }),
      button("Leave it", settle),
    ));
    form.prepend(box);
  }

  const typed = () => {
    // Where there is no connection, or nobody is signed in, that is what counts.
    if (!status.classList.contains("studio-warns")) status.textContent = "Not kept yet.";
    // What was said when the page came was about the text as it was then.
    document.querySelector("main > .banner-success")?.remove();
    clearTimeout(soon);
    clearTimeout(later);
    soon = setTimeout(() => {
      put();
      look();
      // It was changed, and changed back.
      if (!isKept() || stopped) return;
      settle();
      clearTimeout(later);
      sayKept();
    }, LOOKED);
    later = setTimeout(keep, KEPT);
  };

  text.changed(typed);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "check") {
      event.preventDefault();
      look(true);
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      [stands, aloud.textContent] = ["", ""];
      warn(OFFLINE);
      return;
    }
    put();
    [stopped, leaving] = [true, true];
    clearTimeout(later);
    clearTimeout(soon);
  });
  document.addEventListener("submit", ({ target }) => {
    if (!target.action.endsWith("/discard")) return;
    [stopped, leaving] = [true, true];
    clearTimeout(later);
    clearTimeout(soon);
    settle();
  });
  // Whoever comes back to the page as it was left writes on.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) [stopped, leaving] = [false, false];
  });
  addEventListener("online", () => keep().then(look));
  setInterval(keep, AGAIN);
  addEventListener("beforeunload", (event) => {
    // What can be kept is kept on the way; what cannot is asked about.
    if (leaving || isKept() || !status.classList.contains("studio-warns")) return;
    event.preventDefault();
  });
  addEventListener("pagehide", () => {
    if (leaving) return;
    // What was changed, and changed back, is not offered on return.
    if (isKept()) return settle();
    put();
    if (stopped) return;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "keep");
    navigator.sendBeacon(form.action, fields);
  });
  if (form.elements.rev.value && isKept()) status.textContent = asKept;
  offer();
  text.show(problems());
  if (!isKept()) typed();
}
