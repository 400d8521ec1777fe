// The studio's editor: the preview follows what is typed, drafts keep themselves, and a problem is one press from its place. The page
// works without any of it.

const form = document.querySelector("[data-studio]")?.form;
const text = form?.elements.source;
const status = form?.querySelector("[data-status]");

/** After so long without a key the text is looked at, and kept. */
const LOOKED = 300;
const KEPT = 3000;
/** Parts of the page that follow the text. */
const PARTS = [".studio-preview", ".studio-problems", ".studio-lines"];

const shelf = `studio ${document.body.dataset.person} ${location.pathname}`;
let looking = null;
let kept = text?.value;
let stopped = false;
let later = 0;
let soon = 0;

const say = (words) => {
  if (status && status.textContent !== words) status.textContent = words;
};

/** Sends the form as its buttons would; gives the page that answers. */
async function send(turn, signal) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", turn);
  const answer = await fetch(form.action, { method: "POST", body: fields, signal, redirect: "follow" });
  return [answer, new DOMParser().parseFromString(await answer.text(), "text/html")];
}

function draw(page) {
  for (const part of PARTS) {
    const [here, there] = [document.querySelector(part), page.querySelector(part)];
    if (!here || !there || here.innerHTML === there.innerHTML) continue;
    const { scrollTop } = here;
    here.replaceChildren(...there.childNodes);
    here.scrollTop = scrollTop;
  }
}

async function look() {
  looking?.abort();
  looking = new AbortController();
  try {
    const [answer, page] = await send("check", looking.signal);
    if (answer.ok) draw(page);
  } catch (error) {
    if (error.name !== "AbortError") say("There is no connection. What you write stays on this device until there is.");
  }
}

async function keep() {
  const value = text.value;
  if (stopped || value === kept) return;
  try {
    const [answer, page] = await send("keep");
    const rev = page.querySelector('[data-studio]')?.form?.elements.rev?.value;
    if (answer.status === 409) {
      // Whoever wrote it decides what becomes of both texts.
      stopped = true;
      say("Somebody else changed this draft too. Press “Keep as draft” to see both texts.");
    } else if (answer.ok && rev !== undefined) {
      form.elements.rev.value = rev;
      kept = value;
      if (text.value === value) localStorage.removeItem(shelf);
      say(`Kept as a draft at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`);
    } else {
      say("It could not be kept. Press “Keep as draft” to see why.");
    }
  } catch {
    say("There is no connection. What you write stays on this device until there is.");
  }
}

/** Puts the cursor where a problem is. */
function go({ line, column = 1 }) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const at = before + Math.min(column - 1, lines[line - 1]?.length ?? 0);
  text.focus();
  text.setSelectionRange(at, before + (lines[line - 1]?.length ?? 0));
  text.scrollTop = (text.scrollHeight * (line - 3)) / lines.length;
  text.scrollIntoView({ block: "nearest" });
}

/** What was typed before the line dropped or the window closed. */
function offer() {
  const left = localStorage.getItem(shelf);
  if (left === null || left === text.value) return localStorage.removeItem(shelf);
  const box = document.createElement("div");
  box.className = "banner";
  box.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "Something that you wrote here was not kept.";
  const button = (name, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-secondary", textContent: name });
    made.addEventListener("click", () => {
      act();
      localStorage.removeItem(shelf);
      box.remove();
      text.focus();
    });
    return made;
  };
  const row = document.createElement("div");
  row.className = "button-row";
  row.append(
    button("Put it back", () => {
      text.value = left;
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }),
    button("Leave it", () => {}),
  );
  box.append(words, row);
  form.prepend(box);
}

if (text) {
  text.addEventListener("input", () => {
    localStorage.setItem(shelf, text.value);
    clearTimeout(soon);
    clearTimeout(later);
    soon = setTimeout(look, LOOKED);
    later = setTimeout(keep, KEPT);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-line]");
    if (!link) return;
    event.preventDefault();
    go({ line: Number(link.dataset.line), column: Number(link.dataset.column ?? 1) });
  });
  form.addEventListener("submit", () => {
    stopped = true;
    clearTimeout(later);
    localStorage.removeItem(shelf);
  });
  offer();
}
