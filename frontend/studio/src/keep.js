// The preview follows what is typed, drafts keep themselves, and what could not be kept waits on the device.

import { count, draw, problems } from "./parts.js";

/** After so long without a key the text is looked at, and kept. */
const LOOKED = 250;
const KEPT = 3000;
/** How often what could not be kept is tried again. */
const AGAIN = 15000;
const OFFLINE = "There is no connection. What you write is on this device, and is kept as a draft when there is one again.";
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

/**
 * Keeps the text of a form.
 *
 * @param field the form's field, as the server sent it
 * @param text what stands in its place: the editor, or the field itself
 */
export function keeper(field, text) {
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
  let [later, soon] = [0, 0];

  /** Shows how the text stands; reads it out where it stood otherwise when it was last said. */
  const say = (words, said = words) => {
    status.textContent = words;
    if (stands === said) return;
    stands = said;
    aloud.textContent = said;
  };

  /** The device holds the text with the revision it was written from, until the server says that it keeps it. */
  const put = () => {
    try {
      localStorage.setItem(shelf, JSON.stringify({ text: text.value(), rev: form.elements.rev.value }));
    } catch {
      // A device without room for it still has the text in the field, and the server keeps it in a moment.
    }
  };

  /** Sends the form as its buttons would; gives the answer and its parts. */
  async function send(turn, signal) {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", turn);
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: PARTS, signal });
    return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
  }

  const show = (parts) => {
    draw(parts);
    text.show(problems());
    // Only how many there are is read out, and only when that changed: the list is there for whoever wants it.
    if (told === count()) return;
    told = count();
    aloud.textContent = told;
  };

  async function look() {
    looking?.abort();
    looking = new AbortController();
    const { signal } = looking;
    try {
      const [answer, parts] = await send("check", signal);
      // The signal may come between the last byte and this.
      if (answer.ok && !signal.aborted) show(parts);
      else if (answer.status === 401) say(SIGNED_OUT);
    } catch (error) {
      if (error.name !== "AbortError") say(OFFLINE);
    }
  }

  async function keep() {
    const value = text.value();
    // One after the other: each is changed from the revision that the one before made.
    if (stopped || underway || value === kept) return;
    underway = true;
    try {
      const [answer, parts] = await send("keep");
      const rev = parts.querySelector("[data-rev]")?.dataset.rev;
      if (answer.status === 401) {
        say(SIGNED_OUT);
      } else if (answer.status === 409) {
        // Whoever wrote it decides what becomes of both texts.
        stopped = true;
        say("This draft was changed elsewhere too. Press “Keep as draft” to see both texts.");
      } else if (answer.ok && rev !== undefined) {
        kept = value;
        for (const input of document.querySelectorAll("input[name=rev]")) input.value = rev;
        // What was typed meanwhile is looked at, and kept, by itself.
        if (text.value() === value) {
          settle();
          show(parts);
          const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
          say(`Kept as a draft at ${time}.`, "Kept as a draft.");
        }
      } else {
        say("It could not be kept. Press “Keep as draft” to see why.");
      }
    } catch {
      say(OFFLINE);
    } finally {
      underway = false;
    }
  }

  /** What was typed before the line dropped or the window closed. */
  function offer() {
    const left = held();
    if (!left || left.text === text.value()) {
      if (text.value() === kept) settle();
      return;
    }
    const box = Object.assign(document.createElement("div"), { className: "banner" });
    box.setAttribute("role", "status");
    const words = document.createElement("p");
    words.textContent = "Something that you wrote here was not kept.";
    const button = (name, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-secondary", textContent: name });
      made.addEventListener("click", () => {
        act();
        box.remove();
        text.focus();
      });
      return made;
    };
    const row = Object.assign(document.createElement("div"), { className: "button-row" });
    row.append(
      button("Put it back", () => {
        // From the revision it was written from: what others changed since is brought together with it, not overwritten.
        form.elements.rev.value = left.rev;
        text.replace(left.text);
      }),
      button("Leave it", settle),
    );
    box.append(words, row);
    form.prepend(box);
  }

  const typed = () => {
    // Where there is no connection, or nobody is signed in, that is what counts.
    if (stands === "Kept as a draft." || !stands) status.textContent = "Not kept yet.";
    clearTimeout(soon);
    clearTimeout(later);
    soon = setTimeout(() => {
      put();
      look();
    }, LOOKED);
    later = setTimeout(keep, KEPT);
  };

  text.changed(typed);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "check") {
      event.preventDefault();
      look();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      say(OFFLINE);
      return;
    }
    put();
    stopped = true;
    clearTimeout(later);
    clearTimeout(soon);
  });
  document.addEventListener("submit", ({ target }) => {
    if (!target.action.endsWith("/discard")) return;
    stopped = true;
    clearTimeout(later);
    clearTimeout(soon);
    settle();
  });
  addEventListener("online", () => keep().then(look));
  setInterval(keep, AGAIN);
  addEventListener("pagehide", () => {
    if (stopped || text.value() === kept) return;
    put();
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "keep");
    navigator.sendBeacon(form.action, fields);
  });
  offer();
  text.show(problems());
  if (text.value() !== kept) typed();
}
