// Where in a text something is. The checks count lines and characters from 1; a script counts halves of some characters.

/** How far into a line, as a script counts, the character of this column is. */
export function into(line, column) {
  let [at, left] = [0, column - 1];
  for (const character of line) {
    if (left-- <= 0) break;
    at += character.length;
  }
  return at;
}

/** How long what stands at `from` is: a chip or a link to its end, anything else to the end of the line. */
export function reach(line, from) {
  const rest = line.slice(from);
  const whole = /^(`+)[^`]+\1/.exec(rest) ?? /^!?\[[^\]]*\]\([^)]*\)/.exec(rest) ?? /^.*\S/.exec(rest);
  return whole?.[0].length ?? 0;
}
