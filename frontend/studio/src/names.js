// What a text names: its scenes, meters, flags, characters, competencies and pools. Read line by line with the grammar's own marks, and
// forgiving: a text that is being written is seldom whole.

/** The id of a heading, as the checks make it. */
export const slug = (title) =>
  title.toLowerCase().trim().replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, "").replaceAll(" ", "-");

/** The words that mean something in conditions, so that no flag is called so. */
const RESERVED = new Set(
  "and or not if else otherwise visited critical set unset once best ok poor fixed ending tests weight".split(" "),
);

const NAME = String.raw`\p{L}[\p{L}\p{N}_-]*`;

/** The lines of the front matter without its fences; none where there is none. */
function front(lines) {
  if (lines[0]?.trimEnd() !== "---") return [];
  const end = lines.indexOf("---", 1);
  return lines.slice(1, end < 0 ? lines.length : end);
}

/** The names in a key of the front matter: those of a block below it, or those in its brackets. */
function listed(lines, key) {
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0) return [];
  const inline = lines[at].slice(key.length + 1);
  const inBrackets = /[[{](.*)[\]}]/.exec(inline)?.[1];
  if (inBrackets !== undefined) {
    const flat = inBrackets.replace(/\{[^}]*\}|\[[^\]]*\]/g, "");
    return flat.split(",").map((part) => part.split(":")[0].trim()).filter(Boolean);
  }
  const found = [];
  for (const line of lines.slice(at + 1)) {
    if (/^\S/.test(line)) break;
    const name = /^(\s+)(?:- +)?([^\s#-][^:]*?)\s*(?::|$)/.exec(line);
    if (!name) continue;
    // What stands deeper belongs to a name, and is none.
    found.push([name[1].length, name[2].replace(/^["']|["']$/g, "")]);
  }
  const depth = Math.min(...found.map(([deep]) => deep));
  return found.filter(([deep]) => deep === depth).map(([, name]) => name);
}

/** Every name of a text, each once, in the order of the text. */
export function names(text) {
  const lines = text.split("\n");
  const head = front(lines);
  const meters = listed(head, "meters");
  const [scenes, flags, pools] = [new Map(), new Set(), new Set()];
  let fence = "";
  for (const line of lines.slice(head.length && head.length + 2)) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (mark && (!fence || line.trim().startsWith(fence))) fence = fence ? "" : mark;
    if (fence) continue;
    const title = /^## +(.+?)(?: +#+)? *$/.exec(line)?.[1];
    if (title) {
      const id = slug(title);
      if (id && !scenes.has(id)) scenes.set(id, title);
      continue;
    }
    if (!line.includes("`")) continue;
    for (const [, chip] of line.matchAll(/`([^`]+)`/g)) {
      const [word, ...rest] = chip.trim().split(/\s+/);
      if ((word === "set" || word === "unset") && rest.length === 1) flags.add(rest[0]);
      else if (word === "pool" && rest.length === 1) pools.add(rest[0]);
      else if (word === "if") {
        const condition = rest.join(" ").replace(/visited +\S+/g, " ");
        for (const [name] of condition.matchAll(new RegExp(NAME, "gu"))) {
          if (!RESERVED.has(name) && !meters.includes(name)) flags.add(name);
        }
      }
    }
  }
  return {
    scenes: [...scenes].map(([id, title]) => ({ id, title })),
    meters,
    flags: [...flags],
    pools: [...pools],
    characters: listed(head, "characters"),
    competencies: listed(head, "competencies"),
  };
}
