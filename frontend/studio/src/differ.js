// Where two texts differ, for somebody who must choose between them.

/** So many lines are shown, and so much of each. */
const SHOWN = 3;
const LONG = 100;

/**
 * The first lines of `there` that are not in `here`.
 *
 * @returns {{line: number, lines: string[], more: number}} the number of the first, the lines, and how many more there are
 */
export function differing(here, there) {
  const [old, fresh] = [here.split("\n"), there.split("\n")];
  const least = Math.min(old.length, fresh.length);
  let [first, last] = [0, 0];
  while (first < least && old[first] === fresh[first]) first++;
  while (last < least - first && old.at(-1 - last) === fresh.at(-1 - last)) last++;
  const lines = fresh.slice(first, fresh.length - last);
  const shown = lines.filter((line) => line.trim()).slice(0, SHOWN);
  return {
    line: first + 1,
    lines: shown.map((line) => (line.length > LONG ? `${line.slice(0, LONG)}…` : line)),
    more: lines.filter((line) => line.trim()).length - shown.length,
  };
}

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

/** How long ago something was, in words: the clocks of a device and of a site can differ, and this does not. */
export function ago(milliseconds) {
  const seconds = Math.max(milliseconds, 0) / 1000;
  const [unit, length] = STEPS.find(([, length]) => seconds >= length) ?? [];
  return unit ? new Intl.RelativeTimeFormat("en").format(-Math.floor(seconds / length), unit) : "just now";
}

/** The one change that makes `there` of `here`: what is equal at both ends stays. */
export function change(here, there) {
  const least = Math.min(here.length, there.length);
  let [from, end] = [0, 0];
  while (from < least && here[from] === there[from]) from++;
  while (end < least - from && here.at(-1 - end) === there.at(-1 - end)) end++;
  return { from, to: here.length - end, insert: there.slice(from, there.length - end) };
}
