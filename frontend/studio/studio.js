// The studio's editor: the preview follows what is typed, drafts keep themselves, and a problem is one press from its place. The page
// works without any of it.

const text = document.querySelector("[data-studio]");
const form = text?.form;
const status = form?.querySelector("[data-status]");

/** After so long without a key the text is looked at, and kept. */
const LOOKED = 300;
const KEPT = 3000;
/** How often what could not be kept is tried again. */
const AGAIN = 15000;
/** Parts of the page that follow the text. */
const PARTS = [".studio-preview-body", ".studio-problems", ".studio-lines"];
const OFFLINE = "There is no connection. What you write is on this device, and is kept as a draft when there is one again.";

const shelf = `studio ${document.body.dataset.person} ${location.pathname}`;
/** What the server keeps; nothing where what stands in the field was only looked at. */
let kept = text && "unkept" in text.dataset ? null : text?.value;
let looking = null;
let stopped = false;
let later = 0;
let soon = 0;

const say = (words) => {
  if (status && status.textContent !== words) status.textContent = words;
};

/** The device holds the text with the revision it was written from, until the server says that it keeps it. */
const put = () => localStorage.setItem(shelf, JSON.stringify({ text: text.value, rev: form.elements.rev.value }));

const held = () => {
  try {
    return JSON.parse(localStorage.getItem(shelf));
  } catch {
    return null;
  }
};

/** Sends the form as its buttons would; gives the answer and its page. */
async function send(turn, signal) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", turn);
  const answer = await fetch(form.action, { method: "POST", body: fields, signal });
  return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
}

/** Puts a part of another page in the place of this page's, with what is open and scrolled as it is. */
function draw(page) {
  for (const part of PARTS) {
    const [here, there] = [document.querySelector(part), page.querySelector(part)];
    if (!here || !there || here.innerHTML === there.innerHTML) continue;
    const open = [...here.querySelectorAll("details")].map((details) => details.open);
    const at = [...here.querySelectorAll(".map-scroll")].map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
    here.replaceChildren(...there.childNodes);
    for (const [number, details] of here.querySelectorAll("details").entries()) details.open = open[number] ?? details.open;
    for (const [number, box] of here.querySelectorAll(".map-scroll").entries()) box.scrollTo(...(at[number] ?? [0, 0]));
  }
}

async function look() {
  looking?.abort();
  looking = new AbortController();
  try {
    const [answer, page] = await send("check", looking.signal);
    if (answer.ok) draw(page);
  } catch (error) {
    if (error.name !== "AbortError") say(OFFLINE);
  }
}

async function keep() {
  const value = text.value;
  if (stopped || value === kept) return;
  try {
    const [answer, page] = await send("keep");
    const rev = page.querySelector("[data-studio]")?.form.elements.rev.value;
    if (new URL(answer.url).pathname === "/sign-in") {
      say("You are signed out. What you wrote is on this device: sign in in another window, then press “Keep as draft”.");
    } else if (answer.status === 409) {
      // Whoever wrote it decides what becomes of both texts.
      stopped = true;
      say("This draft was changed elsewhere too. Press “Keep as draft” to see both texts.");
    } else if (answer.ok && rev !== undefined) {
      for (const field of document.querySelectorAll("input[name=rev]")) field.value = rev;
      kept = value;
      if (text.value === value) localStorage.removeItem(shelf);
      say(`Kept as a draft at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`);
    } else {
      say("It could not be kept. Press “Keep as draft” to see why.");
    }
  } catch {
    say(OFFLINE);
  }
}

/** Marks the line of a problem, in the middle of the field. */
function go({ line, column = 1 }) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const end = before + (lines[line - 1]?.length ?? 0);
  // A field that gets the focus shows its cursor, however its lines are broken.
  text.setSelectionRange(before, before);
  text.blur();
  text.focus({ preventScroll: true });
  text.setSelectionRange(Math.min(before + column - 1, end), end);
  text.scrollIntoView({ block: "center" });
}

/** What was typed before the line dropped or the window closed. */
function offer() {
  const left = held();
  if (!left || left.text === text.value) {
    if (text.value === kept) localStorage.removeItem(shelf);
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
      text.value = left.text;
      // From the revision it was written from: what others changed since is brought together with it, not overwritten.
      form.elements.rev.value = left.rev;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }),
    button("Leave it", () => localStorage.removeItem(shelf)),
  );
  box.append(words, row);
  form.prepend(box);
}

if (text) {
  const typed = () => {
    put();
    clearTimeout(soon);
    clearTimeout(later);
    soon = setTimeout(look, LOOKED);
    later = setTimeout(keep, KEPT);
  };
  text.addEventListener("input", typed);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-line]");
    if (!link) return;
    event.preventDefault();
    go({ line: Number(link.dataset.line), column: Number(link.dataset.column ?? 1) });
  });
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
    stopped = true;
    clearTimeout(later);
  });
  for (const other of document.querySelectorAll("form[action$='/discard']")) {
    other.addEventListener("submit", () => {
      stopped = true;
      clearTimeout(later);
      localStorage.removeItem(shelf);
    });
  }
  addEventListener("online", () => keep().then(look));
  setInterval(keep, AGAIN);
  addEventListener("pagehide", () => {
    if (stopped || text.value === kept) return;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "keep");
    navigator.sendBeacon(form.action, fields);
  });
  offer();
  if (text.value !== kept) typed();
}

// Where two texts were brought together, what this device held is done with.
document.querySelector("[data-settles]")?.addEventListener("submit", () => localStorage.removeItem(shelf));
