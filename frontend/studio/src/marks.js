// Marks of problems stay where they are while the text around them changes, until the checks have looked at it anew: without a connection
// that can take long, and the list below the text stays too.

import { forEachDiagnostic, setDiagnosticsEffect } from "@codemirror/lint";
import { EditorState, Transaction } from "@codemirror/state";
import { change } from "./differ.js";
import { reach } from "./place.js";

/** What is marked, a problem for each time it is. */
function marks(state) {
  const found = [];
  forEachDiagnostic(state, (problem, from, to) => found.push({ ...problem, from, to }));
  return found;
}

/** A text that is put in the place of the whole one changes only what differs: caret, marks and what is taken back stay with the rest. */
const narrowed = EditorState.transactionFilter.of((turn) => {
  if (!turn.docChanged || !turn.isUserEvent("input")) return turn;
  const old = turn.startState.doc;
  let whole = false;
  turn.changes.iterChanges((from, to) => {
    whole ||= from === 0 && to === old.length && to > 0;
  });
  if (!whole) return turn;
  const kind = turn.annotation(Transaction.userEvent);
  return {
    changes: change(old.toString(), turn.newDoc.toString()),
    selection: turn.selection,
    effects: turn.effects,
    annotations: kind ? Transaction.userEvent.of(kind) : [],
    scrollIntoView: true,
  };
});

/** A mark of which the words are gone marks what stands in their place. */
const kept = EditorState.transactionExtender.of((turn) => {
  if (!turn.docChanged || turn.effects.some((effect) => effect.is(setDiagnosticsEffect))) return null;
  let gone = false;
  const mapped = marks(turn.startState).map((mark) => {
    const [from, to] = [turn.changes.mapPos(mark.from, -1), turn.changes.mapPos(mark.to, 1)];
    const cut = mark.from < mark.to && turn.changes.mapPos(mark.from, 1) >= turn.changes.mapPos(mark.to, -1);
    if (!cut) return { ...mark, from, to };
    gone = true;
    const line = turn.newDoc.lineAt(from);
    return { ...mark, from, to: Math.max(to, from + reach(line.text, from - line.from)) };
  });
  return gone ? { effects: setDiagnosticsEffect.of(mapped) } : null;
});

/** Marks that stay. */
export const staying = () => [narrowed, kept];
