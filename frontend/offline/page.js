// Tells the worker who is signed in, shows what waits to be sent, and turns cards.

const worker = navigator.serviceWorker;
const { person = null } = document.body.dataset;
/** A page made without a connection has places of its own for the list. */
const places = [...document.querySelectorAll("[data-waiting]")];
const sent = new Map();
let drawn = "[]";
let waits = false;

const make = (tag, text, properties) => Object.assign(document.createElement(tag), { textContent: text }, properties);

const say = (message) => worker.ready.then(({ active }) => active.postMessage(message));

const flush = () => say({ type: "flush", person });

/** A notice at the top: made when there is something to say, taken away when there is not. */
function notice(id, kind, ...content) {
  let banner = document.getElementById(id);
  if (!content[0]) return banner?.remove();
  if (!banner) {
    banner = make("div", "", { id, className: `banner banner-${kind}` });
    banner.setAttribute("role", "status");
    document.getElementById("main").prepend(banner);
  }
  banner.replaceChildren(...content);
}

function line({ id, state, words, written }) {
  const item = make("li", words);
  if (written) {
    const details = make("details", "");
    details.append(make("summary", "What you wrote"), make("p", written));
    item.append(details);
  }
  if (state === "not-taken") {
    const onclick = () => say({ type: "dismiss", id });
    item.append(" ", make("button", "Remove from this list", { type: "button", className: "button-link", onclick }));
  }
  return item;
}

function listOf(entries) {
  const list = make("ul", "");
  list.append(...entries.map(line));
  return list;
}

function show(entries) {
  // Drawn only when it changed: a list that is drawn again is read out again and loses the focus.
  if (drawn === JSON.stringify(entries)) return;
  drawn = JSON.stringify(entries);
  const open = entries.filter(({ state }) => state !== "sent");
  const refused = open.filter(({ state }) => state === "not-taken").length;
  const waiting = open.length - refused;
  const counts = [waiting && `Waiting to send: ${waiting}`, refused && `Not taken: ${refused}`];
  const title = counts.filter(Boolean).join(". ");
  waits = waiting > 0;

  for (const place of places) place.replaceChildren(...(title ? [make("p", title), listOf(open)] : []));
  if (!places.length) notice("waiting", "warning", title && make("h2", title), listOf(open));
  for (const words of document.querySelectorAll("[data-while-waiting]")) words.hidden = !waits;

  for (const { id, state, title: name } of entries) {
    if (state !== "sent" || sent.has(id)) continue;
    sent.set(id, name);
    const words = make("p", `Sent: ${[...sent.values()].join(", ")}. `);
    words.append(make("a", "See how it stands now", { href: location.pathname + location.search }));
    notice("sent", "success", words);
    // Once it could be read, the next page need not say it.
    setTimeout(() => say({ type: "dismiss", id }), 5000);
  }
}

if (worker) {
  worker.addEventListener("message", ({ data }) => {
    if (data.type === "waiting" && data.person === person) show(data.entries);
  });
  worker.register("/sw.js").catch(() => undefined);
  // A page of an error, or one made without a connection, does not know that nobody is signed in.
  const unsure = places.length || performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;
  if (person || !unsure) {
    say({ type: "person", person, title: document.title, uncontrolled: !worker.controller });
  }
  flush();
  addEventListener("online", flush);
  // Not every lost connection ends with an event.
  setInterval(() => waits && flush(), 60_000);
}

// Cards: the second side of each row is covered until it is asked for. Without this script they are a table.
for (const { cells } of document.querySelectorAll(".cards tbody tr")) {
  const side = make("span", "", { id: `card-${Math.random().toString(36).slice(2)}`, hidden: true });
  side.append(...cells[1].childNodes);
  const button = make("button", "Turn", { type: "button", className: "button-link" });
  const about = make("span", ` the card “${cells[0].textContent}”`, { className: "visually-hidden" });
  button.append(about);
  button.setAttribute("aria-controls", side.id);
  const tell = () => button.setAttribute("aria-expanded", String(!side.hidden));
  button.onclick = () => {
    side.hidden = !side.hidden;
    button.firstChild.textContent = side.hidden ? "Turn" : "Turn back";
    tell();
  };
  tell();
  cells[1].append(side, " ", button);
}
