// What is offered while somebody writes: the chips that mean something where the cursor stands, and the names that they can hold.

import { autocompletion, pickedCompletion, startCompletion } from "@codemirror/autocomplete";
import { names } from "./names.js";

const QUALITIES = [
  ["best", "the best thing to say: 2 points"],
  ["ok", "not wrong: 1 point"],
  ["poor", "no points"],
  ["critical", "harms somebody: no points, and it is counted"],
];
const ENDINGS = [["good", "it went well"], ["mixed", "it went neither well nor badly"], ["bad", "it went badly"]];
/** Keys whose values stand in lines below them. */
const BLOCKS = new Set(["characters", "meters"]);

/** One thing on offer. `rest` is what stands after it when it is taken; `more` asks at once for what comes next. */
const offer = (label, detail, { rest = "", more = false, shown = label } = {}) => ({
  label: shown,
  // The two are read out as one name.
  detail: detail && ` ${detail}`,
  apply(view, completion, from, to) {
    // What closes it may stand there already.
    const after = view.state.sliceDoc(to, to + rest.length);
    const [insert, skip] = after === rest ? [label, rest.length] : [label + rest, 0];
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length + skip },
      annotations: pickedCompletion.of(completion),
      userEvent: "input.complete",
    });
    if (more) startCompletion(view);
  },
});

/** Chips that are whole, and close. */
const whole = (pairs) => pairs.map(([label, detail]) => offer(label, detail, { rest: "`" }));
/** Chips that something must follow. */
const begun = (pairs) => pairs.map(([label, detail]) => offer(`${label} `, detail, { shown: `${label} …`, more: true }));

const WAS = ["was", "the name that the heading had before"];
const IF = ["if", "only when this holds"];
const ASKED = [
  ["fixed", "the answers keep their order"],
  ["all-or-nothing", "no points for a part of it"],
  ["exact", "the words exactly as written"],
];

/** The chips of the place where one begins. */
function chips({ kind, before, under, known, knows }) {
  const competencies = known.competencies.length ? known.competencies : knows.competencies;
  const named = (rest) => competencies.map((name) => offer(`${name}${rest}`, "a competency", { rest: "`", shown: `${name}${rest}` }));
  const item = /^\s*(?:[-*+]|(\d+)[.)])\s/.exec(before);
  const box = /^\s*[-*+] \[[ xX]\]/.test(before);
  const alone = /^(?:\s*`[^`]*`[\s,;]*)*\s*$/.test(before.slice(0, -1));
  if (kind === "scenario") {
    if (box) return begun([IF]);
    if (item?.[1]) return [...begun([IF]), ...whole([["otherwise", "when nothing above holds"]])];
    if (item) {
      return [
        ...whole(QUALITIES),
        ...known.meters.flatMap((meter) => ["+10", "-10"].map((by) => offer(`${meter} ${by}`, "a meter moves", { rest: "`" }))),
        ...begun([["set", "a flag, to be asked for later"], ["unset", "a flag"], IF]),
        ...whole([["once", "can be chosen once"]]),
        ...named(" 2"),
      ];
    }
    if (!alone) return [];
    const opening = [...begun([IF]), ...whole([["else", "when the condition above does not hold"]])];
    if (!under) return opening;
    const scene = [
      ...begun([["tests", "the competencies that a decision here shows"]]),
      ...ENDINGS.map(([word, detail]) => offer(`ending ${word}`, detail, { rest: "`" })),
      ...whole([["fixed", "the choices keep their order"]]),
      ...begun([["weight", "how much the decision counts"], WAS]),
    ];
    return [...scene, ...opening];
  }
  if (box) return whole([["25%", "a part of the points"]]);
  if (!alone || !under) return kind === "job-aid" ? [] : [offer("= ", "a blank to fill", { shown: "= …" })];
  if (kind === "quiz") {
    return [
      ...named(""),
      ...whole([["2 points", "how much it counts"], ["recall", "asked again later"], ["reflect 20 words", "free text, private"]]),
      ...begun([["pool", "questions to draw from"], WAS]),
      ...whole(ASKED),
    ];
  }
  if (kind === "module") {
    const part = [["check", "a question that is not graded"], ["cards", "turns the table into cards"], ["reflect 40 words", "free text, private"]];
    return [...whole(part), ...named(""), ...whole(ASKED), ...begun([WAS])];
  }
  return begun([WAS]);
}

/** What can follow the words of a chip that has begun, and how much of it is written; nothing for a chip that is still one word. */
function inside(words, { known, knows }) {
  const flags = known.flags.map((flag) => [flag, "a flag"]);
  const last = /(\S*)$/.exec(words)[1];
  const from = last.length;
  if (/^(?:un)?set\s+\S*$/.test(words)) return [from, whole(flags)];
  if (/^ending\s+\S*$/.test(words)) return [from, whole(ENDINGS)];
  if (/^pool\s+\S*$/.test(words)) return [from, whole(known.pools.map((pool) => [pool, "a pool of this quiz"]))];
  if (/^tests\s/.test(words)) {
    const name = /([^\s,]*)$/.exec(words)[1];
    const competencies = known.competencies.length ? known.competencies : knows.competencies;
    return [name.length, competencies.map((competency) => offer(competency, "a competency", { rest: "`" }))];
  }
  if (!/^if\s/.test(words)) return null;
  if (/visited\s+\S*$/.test(words)) return [from, whole(known.scenes.map(({ id, title }) => [id, title]))];
  const name = /[\p{L}\p{N}_-]*$/u.exec(words)[0];
  const ahead = words.slice(0, words.length - name.length);
  // After a name that is whole comes what joins it to the next, which is written without help.
  if (!/(?:\b(?:if|and|or|not)\s+|\(\s*)$/.test(ahead)) return [0, []];
  return [name.length, [
    ...known.meters.map((meter) => offer(`${meter} >= `, "a meter", { shown: meter })),
    ...whole(flags),
    ...begun([["not", "the opposite"], ["visited", "a scene that was left"]]),
    ...whole([["critical", "a critical choice was taken"]]),
  ]];
}

/** Whether only blank lines and lines of chips stand between a line and the heading above it. */
function underHeading(doc, number) {
  for (let at = number - 1; at > 0 && at > number - 6; at--) {
    const { text } = doc.line(at);
    if (/^##\s/.test(text)) return true;
    if (text.trim() && !/^(?:`[^`]*`[\s,;]*)+$/.test(text)) return false;
  }
  return false;
}

/** The line at which the body begins: 1 where there is no front matter, none while it has not ended. */
function bodyBegins(doc) {
  if (doc.line(1).text.trimEnd() !== "---") return 1;
  for (let at = 2; at <= Math.min(doc.lines, 200); at++) if (doc.line(at).text.trimEnd() === "---") return at + 1;
  return Infinity;
}

/** What is offered in a document of which the server knows this much. */
export function offers(knows) {
  let [last, held] = [null, null];
  const known = (doc) => {
    if (doc !== last) [last, held] = [doc, names(doc.toString())];
    return held;
  };

  return ({ state, pos, explicit }) => {
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    // In our order as far as what is typed says nothing else.
    const ranked = (options) => options.map((option, number) => ({ ...option, boost: Math.max(50 - number, 0) }));
    const give = (length, options, validFor) =>
      options.length ? { from: pos - length, options: ranked(options), validFor } : null;
    const names = () => known(state.doc);

    if (line.number < bodyBegins(state.doc)) {
      const competency = /^competencies:.*[[,]\s*([\w-]*)$/.exec(before);
      if (competency) return give(competency[1].length, knows.competencies.map((id) => offer(id, "a competency")), /^[\w-]*$/);
      if (line.number === 1 || !/^[\w-]*$/.test(before) || (!before && !explicit)) return null;
      const taken = new Set(state.doc.toString().slice(0, 4000).match(/^[\w-]+(?=:)/gm));
      const keys = knows.keys.filter((key) => !taken.has(key) || key === before);
      return give(before.length, keys.map((key) => offer(`${key}:${BLOCKS.has(key) ? "" : " "}`, "", { shown: key })), /^[\w-]*$/);
    }

    const ticks = before.split("`");
    if (ticks.length % 2 === 0) {
      const words = ticks.at(-1);
      const context = {
        kind: knows.kind,
        before: before.slice(0, before.length - words.length),
        under: underHeading(state.doc, line.number),
        known: names(),
        knows,
      };
      const follows = inside(words, context);
      if (follows) return give(...follows, /^[\p{L}\p{N}_-]*$/u);
      return give(words.length, chips(context), /^[^`]*$/);
    }
    const target = /\]\(([^()\s]*)$/.exec(before);
    if (target) {
      const written = target[1];
      if (/!\[[^\]]*\]\([^)]*$/.test(before)) {
        return give(written.length, knows.images.map((image) => offer(image, "an image of this document", { rest: ")" })), /^[^)\s]*$/);
      }
      const scenes = names().scenes.filter(({ id }) => id !== "debrief")
        .map(({ id, title }) => offer(`#${id}`, title, { rest: ")" }));
      const documents = knows.documents.map(([file, title]) => offer(file, title, { rest: ")" }));
      return give(written.length, written.startsWith("#") ? scenes : [...scenes, ...documents], /^[^)\s]*$/);
    }
    const token = /(?:^|[^\\])\{([a-z_]*)$/.exec(before);
    if (token) {
      const tokens = knows.tokens.map(([name, words]) => offer(name.slice(1, -1), words, { rest: "}" }));
      return give(token[1].length, tokens, /^[a-z_]*$/);
    }
    const speaker = /^(?:\s*`(?:if [^`]*|else)`)?\s*\*\*([^*:]*)$/.exec(before);
    if (speaker && knows.kind === "scenario") {
      const people = names().characters.map((name) => offer(`${name}:** `, "speaks", { shown: name }));
      return give(speaker[1].length, people, /^[^*:]*$/);
    }
    return null;
  };
}

/** Completes the text. As many are shown as fit: what is further down comes up with the arrows, and nothing has to be scrolled. */
export const completion = (knows) => autocompletion({ override: [offers(knows)], icons: false, maxRenderedOptions: 10 });
