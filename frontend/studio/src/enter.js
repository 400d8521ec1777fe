// What Enter does where one line of the grammar asks for a certain next one: below a choice comes what is said of it, indented and with its
// sign, and below that the next choice, at the left edge.

const CHOICE = /^[-*+] \[.*\]\([^()]*\)/;
const FEEDBACK = /^\s+> *(.*)$/;
const EMPTY = /^\s+> $/;
const DASH = /^\s+[-*+]$/;
const SIGNED = /^\s+> [-*+]$/;

/** Whether the front matter has not ended above this line. */
function inFront(doc, number) {
  if (doc.line(1).text.trimEnd() !== "---") return false;
  for (let at = 2; at < number; at++) if (doc.line(at).text.trimEnd() === "---") return false;
  return true;
}

/** The line of the caret, where nothing is chosen and only blanks stand after it; nothing otherwise. */
function atEnd(state) {
  const { ranges, main } = state.selection;
  if (ranges.length > 1 || !main.empty) return null;
  const line = state.doc.lineAt(main.head);
  return line.text.slice(main.head - line.from).trim() || inFront(state.doc, line.number) ? null : line;
}

/** Whether a line belongs to a choice: the choice itself, or what is said of it. */
const ofChoice = (text) => CHOICE.test(text) || FEEDBACK.test(text);

/** What Enter changes here; nothing where it does what it does everywhere. */
export function entered(state) {
  const line = atEnd(state);
  if (!line) return null;
  const { from, to, text, number } = line;
  const put = (at, insert) => ({
    changes: { from: at, to, insert },
    selection: { anchor: at + insert.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  const broken = state.lineBreak;
  if (CHOICE.test(text)) return put(from + text.trimEnd().length, `${broken}  > `);
  const said = FEEDBACK.exec(text);
  // A sign for feedback with nothing behind it is taken back, as an empty item of a list is elsewhere.
  if (said) return said[1].trim() ? put(from + text.trimEnd().length, broken) : put(from, "");
  // Nothing is to be said of this choice.
  if (text && !text.trim() && number > 1 && ofChoice(state.doc.line(number - 1).text)) return put(from, "");
  return null;
}

/**
 * What a letter changes where Enter has put a sign before it. A dash and a blank below a choice, or below what is said of it, begin the
 * next choice at the left edge; the sign that is there already is not doubled by whoever types it too.
 */
export function begun(state, typed) {
  const line = typed === " " || typed === ">" ? atEnd(state) : null;
  const above = line && line.number > 1 ? state.doc.line(line.number - 1).text : "";
  const isFirst = CHOICE.test(above);
  if (isFirst && EMPTY.test(line.text)) return {};
  if (typed === ">" || !ofChoice(above) || !(DASH.test(line.text) || (isFirst && SIGNED.test(line.text)))) return null;
  const insert = `${line.text.trim().slice(-1)} `;
  return { changes: { from: line.from, to: line.to, insert }, selection: { anchor: line.from + insert.length }, userEvent: "input.type" };
}
