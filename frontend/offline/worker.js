// Reading without a connection, and forms that wait for one.
//
// Pages that were opened are kept for the person who opened them. A step that cannot be sent waits in IndexedDB, bound to
// its person, until that person is signed in and the network is there. Its token makes it happen once on the server, so
// sending it twice does no harm; losing it would. What cannot be kept is therefore let fail as if there were no worker.

const VERSION = "__VERSION__";
const SHELL = __SHELL__;

const OFFLINE = "/offline";
const SHELL_CACHE = `shell-${VERSION}`;
/** Not by version: kept pages go on asking for the files that they were made with. */
const ASSETS = { name: "assets", cap: 60 };
const IMAGES = { name: "images", cap: 200 };
const PAGES = { name: "pages", cap: 80 };
const CACHES = [SHELL_CACHE, ASSETS.name, IMAGES.name, PAGES.name];

/** Names that hold a hash never change their content; icons in the same folder do. */
const HASHED = /^\/assets\/[^/]+\.[^/.]+\.[^/.]+$/;
/** What may be read offline: no role-play and no quiz, which show one moment of an attempt. A page may ask not to be kept. */
const KEPT = /^\/(?:$|(?:modules|job-aids)(?:\/|$))/;
/** Where somebody comes in or goes out: never read, never kept. */
const DOOR = /^\/(?:sign-in|sign-out|code|setup|invite)(?:\/|$)/;
/** A step's token begins with the person it was made for. */
const TOKEN = /^(\d+)-[0-9a-f]{32}$/i;

const WAITING = "waiting";
const SIGNED_OUT = "signed-out";
const NOT_TAKEN = "not-taken";
const SENT = "sent";

// ---- Life

addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install() {
  const fresh = (address) => new Request(address, { cache: "reload", credentials: "omit" });
  const addresses = [...new Set([...SHELL, OFFLINE])];
  const [shell, assets] = await Promise.all([caches.open(SHELL_CACHE), caches.open(ASSETS.name)]);
  await Promise.all([
    shell.addAll(addresses.filter((address) => !HASHED.test(address)).map(fresh)),
    assets.addAll(addresses.filter((address) => HASHED.test(address)).map(fresh)),
  ]);
  await skipWaiting();
}

addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate() {
  const old = (await caches.keys()).filter((name) => !CACHES.includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await trim(ASSETS);
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// ---- What is asked for

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST") {
    // What the worker sends counts as the site's own. A form of another site must not pass for one.
    if (request.mode !== "navigate" || ownPath(request.referrer)) event.respondWith(post(event, url));
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate") {
    event.respondWith(navigate(event, url));
  } else if (HASHED.test(url.pathname)) {
    event.respondWith(cacheFirst(event, ASSETS));
  } else if (url.pathname.startsWith("/images/")) {
    event.respondWith(cacheFirst(event, IMAGES));
  } else if (SHELL.includes(url.pathname)) {
    event.respondWith(cacheFirst(event, { name: SHELL_CACHE, cap: Infinity }));
  }
});

async function cacheFirst(event, place) {
  const { request } = event;
  const found = await caches.match(request, { cacheName: place.name, ignoreVary: true }).catch(() => undefined);
  if (found) return found;
  const response = await fetch(request);
  // Whoever is signed out by now is led to a page instead.
  const isPage = response.redirected || response.headers.get("content-type")?.startsWith("text/html");
  if (response.status === 200 && !isPage) event.waitUntil(put(place, request, response.clone()));
  return response;
}

async function put(place, key, response) {
  const cache = await caches.open(place.name);
  await cache.put(key, response);
  await trim(place);
}

/** Keys come in the order in which they were put. */
async function trim({ name, cap }) {
  const cache = await caches.open(name);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - cap)).map((key) => cache.delete(key)));
}

async function navigate(event, url) {
  if (url.pathname === OFFLINE) return offlinePage({ status: 200 });
  let response;
  try {
    response = (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await kept(url).catch(complain)) ?? offlinePage({ status: 503 });
  }
  if (mayKeep(url, response)) event.waitUntil(keep(url, response.clone()));
  if (url.pathname === "/sign-in" && url.searchParams.has("ended")) event.waitUntil(rescue(event).catch(complain));
  return response;
}

/** The step that was posted last, as long as it can be the one that led to where we are. */
let posted;

/** A step that met the end of a session: it waits, and is sent once its person has signed in again. */
async function rescue({ request }) {
  if (!posted || Date.now() - posted.at > 30_000) return;
  const title = (await titleOf(ownPath(request.referrer), posted.url).catch(complain)) ?? "A form";
  await within("readwrite", (queue) => queue.put({ ...posted, title, state: SIGNED_OUT }));
  posted = undefined;
}

// ---- Kept pages

const keyOf = (url) => url.origin + url.pathname + url.search;

function mayKeep(url, response) {
  const html = response.headers.get("content-type")?.startsWith("text/html");
  // An answer that leads elsewhere, such as to sign in, is none of 200 or was redirected.
  return response.status === 200 && !response.redirected && html && KEPT.test(url.pathname);
}

async function keep(url, response) {
  const html = await response.text();
  const person = html.match(/<body\b[^>]*\sdata-person="(\d+)"/)?.[1];
  if (!person || /<(?:body|main)\b[^>]*\sdata-not-kept\b/.test(html)) return;
  // The page knows before its script tells: what another person opened goes before this one is put there.
  await become(person);
  const headers = plainHeaders(response);
  headers.set("x-kept-at", String(Date.now()));
  headers.set("x-kept-person", person);
  await put(PAGES, keyOf(url), new Response(html, { headers }));
}

async function kept(url) {
  const page = await caches.match(keyOf(url), { cacheName: PAGES.name, ignoreVary: true });
  const person = await known();
  if (!page || !person || page.headers.get("x-kept-person") !== person) return undefined;
  const at = Number(page.headers.get("x-kept-at"));
  const notice =
    `<div class="banner banner-warning" role="status"><h2>You are offline</h2>` +
    `<p>This is the page as you opened it on ${when(at)}. ` +
    `What you send is kept on this device and sent when the connection is back. <a href="${escaped(url.pathname + url.search)}">Load it again</a></p>` +
    `<div data-waiting>${await listFor(person)}</div></div>`;
  const html = (await page.text()).replace(/<main\b[^>]*>/, (tag) => tag + notice);
  return new Response(html, { headers: plainHeaders(page) });
}

/** The headers without what belongs to the bytes on the wire: the content security policy stays. */
function plainHeaders(response) {
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  return headers;
}

/**
 * The page for when there is no connection, with what waits. `main` takes the place of its main part; `person` is whose
 * list it shows, and nobody but the one who is known on this device gets one.
 */
async function offlinePage({ status, title, main }) {
  const person = await known().catch(complain);
  const list = person ? await listFor(person).catch(complain) ?? "" : "";
  const stored = await caches.match(OFFLINE, { cacheName: SHELL_CACHE, ignoreVary: true }).catch(complain);
  let html = (await stored?.text()) ?? BARE;
  if (main) html = html.replace(/(<main\b[^>]*>)[^]*<\/main>/, (_, tag) => `${tag}${main}</main>`);
  if (title) html = html.replace(/<title>[^<]*/, () => `<title>${title} · Bedside`);
  html = html.replace(/(<[a-z]+[^>]*\sdata-waiting(?:="")?[^>]*>)/, (tag) => tag + list);
  // Its script must neither take it for a page of nobody nor lose the list.
  if (person) html = html.replace(/<body\b/, (tag) => `${tag} data-person="${person}"`);
  const headers = stored ? plainHeaders(stored) : new Headers({ "content-type": "text/html; charset=utf-8" });
  headers.set("cache-control", "no-store");
  return new Response(html, { status, headers });
}

/** For a browser that threw the kept one away. */
const BARE =
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>You are offline · Bedside</title></head><body><main id="main"><h1>You are offline</h1>` +
  `<p>Load this page again when the connection is back.</p><div data-waiting></div></main></body></html>`;

// ---- Forms

async function post(event, url) {
  const { request } = event;
  if (DOOR.test(url.pathname)) return door(event, url);
  const step = await stepOf(request);
  if (!step) return passOn(request, "Nothing was sent", "You are offline, and this form cannot wait. Send it again when the connection is back.");
  if (await hasWaiting(step.person)) {
    // In order: what waits goes first. Where that takes too long, the new one waits behind it.
    const outcome = await Promise.race([flush(step.person).catch(complain), pause(10_000).then(() => "offline")]);
    if (outcome === "offline") return wait(event, step, new TypeError("no connection"));
  }
  let response;
  try {
    response = await fetch(request);
  } catch (cause) {
    return wait(event, step, cause);
  }
  if (response.type === "opaqueredirect") {
    // Where it leads cannot be seen: to the next page, or to sign in. What waits is asked again in a way that tells.
    posted = step;
    event.waitUntil(hasWaiting(step.person).then((waits) => waits && flush(step.person)).catch(complain));
  } else if (response.ok) {
    // It may have waited since an earlier try.
    event.waitUntil(change(step.id, () => undefined).then(tell));
  }
  return response;
}

async function door(event, url) {
  const { request } = event;
  const out = url.pathname === "/sign-out";
  if (out) await Promise.race([known().then((person) => person && flush(person)).catch(complain), pause(5000)]);
  // Before the cookie changes, so that nothing is sent as somebody else. The next page tells who it is.
  await become(null).catch(complain);
  return out
    ? passOn(request, "You are still signed in", "You are offline, so you could not be signed out. The pages kept on this device were removed. Sign out again when the connection is back.")
    : passOn(request, "Nothing was sent", "You are offline. Try again when the connection is back.");
}

/** Sends what cannot wait. A person who follows a form sees a page in any case; a script sees its request fail. */
async function passOn(request, title, words) {
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.mode !== "navigate") throw cause;
    const back = ownPath(request.referrer) ?? "/";
    const main = `<h1>${title}</h1><p class="lead">${words}</p><p><a class="button" href="${escaped(back)}">Go back</a></p>`;
    return offlinePage({ status: 503, title, main });
  }
}

/** The form as it would wait, when it is a step. */
async function stepOf(request) {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers.get("content-type") ?? "")) return undefined;
  const body = await request.clone().text();
  const id = new URLSearchParams(body).get("token") ?? "";
  const person = id.match(TOKEN)?.[1];
  return person && { id, person, url: request.url, body, at: Date.now(), state: WAITING };
}

/** Keeps a step until it can be sent. When it cannot be kept, the browser tells that it was not sent. */
async function wait(event, step, cause) {
  const { request } = event;
  const from = ownPath(request.referrer);
  const title = (await titleOf(from, step.url).catch(complain)) ?? "A form";
  try {
    await within("readwrite", (queue) => queue.put({ ...step, title }));
  } catch (error) {
    complain(error);
    throw cause;
  }
  await registration.sync?.register(WAITING).catch(complain);
  event.waitUntil(tell().catch(complain));
  if (request.mode !== "navigate") return new Response("waiting", { status: 202, headers: { "content-type": "text/plain" } });
  const back = from ?? "/";
  const own = (await known().catch(complain)) === step.person;
  const words = own
    ? "You are offline. What you sent is kept on this device and sent when the connection is back."
    : "You are offline. What you sent is kept on this device and sent when the connection is back and you are signed in.";
  const main =
    `<h1>Waiting to send</h1><p class="lead" data-while-waiting>${words}</p>` +
    (own ? `<div data-waiting></div>` : `<p>${escaped(title)}</p>`) +
    `<p><a class="button" href="${escaped(back)}">Go back to ${escaped(from ? title : "my training")}</a></p>`;
  return offlinePage({ status: 200, title: "Waiting to send", main });
}

/** What the page of the form is called; else the words of the address. */
async function titleOf(from, address) {
  const titles = (await within("readonly", (_, facts) => facts.get("titles"))) ?? [];
  const title = titles.find(([path]) => path === from)?.[1];
  if (title) return title;
  const words = new URL(address).pathname.split("/").filter(Boolean).slice(1).join(", ").replaceAll("-", " ");
  return words && words[0].toUpperCase() + words.slice(1);
}

// ---- Sending what waits

addEventListener("sync", (event) => {
  if (event.tag === WAITING) event.waitUntil(sync());
});

async function sync() {
  const person = await known();
  if (!person) return;
  const outcome = await flush(person);
  // The browser tries again later.
  if (outcome === "offline" || outcome === "busy") throw new Error(`still waiting: ${outcome}`);
}

/**
 * Sends what waits for the person, one at a time and in order. The lock holds for every tab and for a newer worker too.
 * Gives why it stopped: "done", "offline", "busy", "signed-out" or "somebody else".
 */
function flush(person) {
  return navigator.locks.request("send what waits", async () => {
    const tried = new Set();
    let outcome = "done";
    for (;;) {
      // Asked anew for each: somebody may have signed out, or another form may have joined.
      if ((await known()) !== person) return "somebody else";
      const step = (await entriesOf(person)).find((entry) => isOpen(entry) && !tried.has(entry.id));
      if (!step) return outcome;
      tried.add(step.id);
      outcome = (await send(step)) ?? outcome;
      await tell();
      if (outcome === "offline" || outcome === "signed-out" || outcome === "busy") return outcome;
    }
  });
}

/** Sends one. Gives a word when the others should not be tried. */
async function send(step) {
  let response;
  try {
    response = await fetch(step.url, {
      method: "POST",
      body: step.body,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/fragment+html" },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(35_000),
    });
  } catch {
    return "offline";
  }
  const { status } = response;
  // Only what was sent: the same form may have been filled in anew meanwhile.
  const mark = (next) => change(step.id, (entry) => (entry.at === step.at ? next(entry) : entry));
  if (isTaken(response)) {
    await mark(({ id, person, title, at }) => ({ id, person, title, at, state: SENT }));
  } else if (status === 401) {
    await mark((entry) => ({ ...entry, state: SIGNED_OUT }));
    return "signed-out";
  } else if ([408, 425, 429, 502, 503, 504].includes(status)) {
    return "busy";
  } else if (status < 500) {
    await mark((entry) => ({ ...entry, state: NOT_TAKEN, status }));
  }
  // Any other 5xx: this one fails, and waits. It must not keep the others back.
  return undefined;
}

const isTaken = (response) => response.type === "opaqueredirect" || response.ok;
const isOpen = (entry) => entry.state === WAITING || entry.state === SIGNED_OUT;

/** Without IndexedDB nothing waits. */
async function hasWaiting(person) {
  try {
    return (await known()) === person && (await entriesOf(person)).some(isOpen);
  } catch (error) {
    complain(error);
    return false;
  }
}

// ---- What pages are told and tell

addEventListener("message", (event) => {
  event.waitUntil(heard(event.data ?? {}, event.source));
});

async function heard({ type, person, id, title, uncontrolled }, client) {
  if (type === "person") {
    await become(person);
    const page = client && new URL(client.url);
    if (page && title && (await known())) await rememberTitle(page.pathname + page.search, title);
    // The first page was there before the worker.
    if (page && uncontrolled && (await known())) {
      const response = await fetch(keyOf(page), { headers: { Accept: "text/html" } }).catch(() => undefined);
      if (response && mayKeep(page, response)) await keep(page, response);
    }
  } else if (type === "flush") {
    // Of the page that asks: an old tab of somebody else changes nothing.
    if (person && person === (await known())) await flush(person);
  } else if (type === "dismiss") {
    const own = await known();
    await change(id, (entry) => (entry.person === own && !isOpen(entry) ? undefined : entry));
  }
  await tell();
}

/** Tells every page what waits for the person who is known, as lines to show. */
async function tell() {
  const person = await known();
  if (!person) return;
  const entries = (await entriesOf(person)).map(({ id, title, at, state, status, body }) => {
    const line = { id, title, at, state, words: lineOf({ title, at, state, status }) };
    return state === NOT_TAKEN ? { ...line, written: writtenIn(body) } : line;
  });
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) {
    client.postMessage({ type: "waiting", person, entries });
  }
}

function lineOf({ title, at, state, status }) {
  const line = `${title}, ${when(at)}`;
  if (state === SIGNED_OUT) return `${line}. Sign in again, then it is sent.`;
  if (state !== NOT_TAKEN) return line;
  if (status === 409) return `${line}. Things had moved on meanwhile, perhaps in another tab. It was not taken.`;
  if (status === 422) return `${line}. Something in it was missing or could not be read. It was not taken.`;
  return `${line}. There is no such page any more, or it is not yours to change. It was not taken.`;
}

/** A text of one's own in a form that was not taken, so that it is not lost with it. */
const writtenIn = (body) => [...new URLSearchParams(body).values()].filter((value) => /\S\s+\S/.test(value)).join("\n\n");

/** What waits, as the list of a page that is drawn here; the page's script draws it again with its buttons. */
async function listFor(person) {
  const open = (await entriesOf(person)).filter(({ state }) => state !== SENT);
  const refused = open.filter(({ state }) => state === NOT_TAKEN).length;
  const waiting = open.length - refused;
  const title = [waiting && `Waiting to send: ${waiting}`, refused && `Not taken: ${refused}`].filter(Boolean).join(". ");
  return open.length ? `<p>${title}</p><ul>${open.map((entry) => `<li>${escaped(lineOf(entry))}</li>`).join("")}</ul>` : "";
}

// ---- Who uses the device

/** One after the other, so that whoever asks gets what was told before. */
let turn = Promise.resolve();

function inTurn(work) {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

/** The person that a page last told of: null for nobody. */
const known = () => inTurn(async () => (await within("readonly", (_, facts) => facts.get("person"))) ?? null);

/** Somebody else, or nobody: on a shared device the next person must not read what the last one opened. */
function become(person) {
  const next = /^\d+$/.test(person ?? "") ? String(person) : null;
  return inTurn(async () => {
    let last;
    try {
      last = (await within("readonly", (_, facts) => facts.get("person"))) ?? null;
      if (last === next) return;
    } catch (error) {
      await caches.delete(PAGES.name);
      throw error;
    }
    await caches.delete(PAGES.name);
    await within("readwrite", (_, facts) => {
      facts.put(next, "person");
      facts.delete("titles");
    });
  });
}

async function rememberTitle(path, title) {
  const words = title.replace(/ · Bedside$/, "");
  await within("readwrite", (_, facts) => {
    const asked = facts.get("titles");
    asked.onsuccess = () => {
      const others = (asked.result ?? []).filter(([other]) => other !== path);
      facts.put([[path, words], ...others].slice(0, 50), "titles");
    };
  });
}

// ---- The database

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const open = indexedDB.open("bedside", 1);
    open.onupgradeneeded = () => {
      open.result.createObjectStore("queue", { keyPath: "id" }).createIndex("person", "person");
      open.result.createObjectStore("facts");
    };
    open.onsuccess = () => {
      const forget = () => {
        open.result.close();
        opened = undefined;
      };
      open.result.onclose = forget;
      open.result.onversionchange = forget;
      resolve(open.result);
    };
    open.onerror = () => reject(open.error);
    open.onblocked = () => reject(new Error("the database is held by another tab"));
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** One transaction; gives the result of the request that `work` returns, once all of it is on the disk. */
async function within(mode, work) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const deal = base.transaction(["queue", "facts"], mode, { durability: "strict" });
    const asked = work(deal.objectStore("queue"), deal.objectStore("facts"));
    deal.oncomplete = () => resolve(asked?.result);
    deal.onabort = () => reject(deal.error ?? new Error("the database gave up"));
  });
}

/** All of a person's entries, the oldest first. */
async function entriesOf(person) {
  const entries = await within("readonly", (queue) => queue.index("person").getAll(person));
  return entries.sort((a, b) => a.at - b.at);
}

/** Puts in an entry's place what `next` makes of it; removes it for nothing. */
function change(id, next) {
  return within("readwrite", (queue) => {
    const asked = queue.get(String(id));
    asked.onsuccess = () => {
      if (!asked.result) return;
      const entry = next(asked.result);
      if (entry) queue.put(entry);
      else queue.delete(asked.result.id);
    };
  });
}

// ---- Small things

/** 3 Feb 2027, 14:05 */
const when = (at) =>
  new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Path and query of an address of this site. */
function ownPath(address) {
  // A request without a referrer has an empty one.
  if (!address) return undefined;
  const url = new URL(address, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : undefined;
}

/** For what goes wrong without losing an answer. */
function complain(error) {
  console.error(error);
}
