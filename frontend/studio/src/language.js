// How our grammar looks: markdown, front matter, and the chips, links and tokens that mean something. The checks on the server judge; here
// it is only coloured, so a line is read by itself as far as can be.

import { StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { Tag, tagHighlighter } from "@lezer/highlight";

/** What can be told apart; each is drawn by the class `source-…` of its name. */
const KINDS = [
  "fence", "key", "value", "comment", "heading", "mark", "box", "alert", "speaker", "strong", "emphasis", "code", "chip", "condition",
  "best", "poor", "critical", "target", "token", "quote",
];
const tags = Object.fromEntries(KINDS.map((kind) => [kind, Tag.define()]));

/** A chip by its words. */
function chip(text) {
  if (/^(if|else|otherwise)\b/.test(text)) return "condition";
  if (/^(best|ending good)$/.test(text)) return "best";
  if (/^(poor|ending bad)$/.test(text)) return "poor";
  return text === "critical" ? "critical" : "chip";
}

const CODES = /(?:`[^`]+`[\s,;]*)+$/;

/** From where in a line code is a chip: at the end of an item of a list, or where nothing else stands on the line. */
function chips(line) {
  const codes = CODES.exec(line);
  if (!codes) return Infinity;
  return /^\s*(?:[-*+]|\d+[.)])\s/.test(line) || !line.slice(0, codes.index).trim() ? codes.index : Infinity;
}

function front(stream, state) {
  if (stream.sol() && stream.match(/^---\s*$/)) {
    state.part = "body";
    return "fence";
  }
  if (stream.eatSpace()) return null;
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(/^["']?[^\s"'[\]{},:#-][^"'[\]{},:]*["']?(?=\s*:(\s|$))/)) return "key";
  if (stream.match(/^"(?:[^"\\]|\\.)*"|^'[^']*'/)) return "value";
  if (stream.match(/^[[\]{},:]|^- /)) return "mark";
  if (stream.match(/^[^\s[\]{},:]+/)) return "value";
  stream.next();
  return null;
}

/** What a line of markdown begins with. */
function opening(stream, state) {
  state.chips = chips(stream.string);
  state.quoted = false;
  if (state.fence) {
    if (stream.match(new RegExp(`^\\s*${state.fence}+\\s*$`))) state.fence = "";
    else stream.skipToEnd();
    return "code";
  }
  const fence = stream.match(/^\s*(```+|~~~+).*/);
  if (fence) {
    state.fence = fence[1];
    return "code";
  }
  if (stream.match(/^#{1,6}\s.*/)) return "heading";
  return undefined;
}

function body(stream, state) {
  if (stream.sol()) {
    const found = state.comment ? undefined : opening(stream, state);
    if (found !== undefined) return found;
    [state.opens, state.item] = [true, false];
  }
  if (state.comment) {
    if (stream.match(/^.*?-->/)) state.comment = false;
    else stream.skipToEnd();
    return "comment";
  }
  if (stream.eatSpace()) return null;
  if (state.opens) {
    if (stream.match(/^>/)) {
      state.quoted = true;
      return "mark";
    }
    if (stream.match(/^\[!\w+\](?=\s*$)/)) return "alert";
    if (stream.match(/^(?:[-*+]|\d+[.)])(?=\s)/)) {
      state.item = true;
      return "mark";
    }
    if (state.item && stream.match(/^\[[ xX]\](?=\s)/)) return "box";
    state.item = false;
    if (stream.match(/^\*\*[^*]+:\*\*/)) return "speaker";
    // A paragraph may open with a condition, and speech follows it.
    if (stream.match(/^`(?:if\s[^`]*|else)`/)) return "condition";
    state.opens = false;
  }
  if (stream.match(/^\\./)) return null;
  const at = stream.pos;
  const code = stream.match(/^(`+)(.+?)\1(?!`)/);
  if (code) return at >= state.chips || code[2].startsWith("=") ? chip(code[2].trim()) : "code";
  if (stream.match(/^<!--/)) {
    state.comment = true;
    return "comment";
  }
  if (stream.match(/^\]\([^)\s]*(?:\s+"[^"]*")?\)/)) {
    stream.backUp(stream.pos - at - 1);
    state.target = true;
    return "mark";
  }
  if (state.target) {
    state.target = false;
    stream.match(/^\([^)]*\)/);
    return "target";
  }
  if (stream.match(/^!?\[/) || stream.match(/^\|/)) return "mark";
  if (stream.match(/^\{[a-z_]+\}/)) return "token";
  if (stream.match(/^\*\*[^*\s](?:[^*]*[^*\s])?\*\*/)) return "strong";
  if (stream.match(/^\*[^*\s](?:[^*]*[^*\s])?\*/)) return "emphasis";
  if (!stream.match(/^[^\\`<\]![{*|]+/)) stream.next();
  return state.quoted ? "quote" : null;
}

const grammar = StreamLanguage.define({
  name: "courseware",
  startState: () => ({ part: "start", fence: "", comment: false, quoted: false, opens: true, item: false, target: false, chips: Infinity }),
  token(stream, state) {
    if (state.part === "start") {
      state.part = stream.sol() && stream.match(/^---\s*$/) ? "front" : "body";
      if (state.part === "front") return "fence";
    }
    return state.part === "front" ? front(stream, state) : body(stream, state);
  },
  tokenTable: tags,
  languageData: { commentTokens: { block: { open: "<!--", close: "-->" } } },
});

/** The class of each kind. */
export const highlighter = tagHighlighter(KINDS.map((kind) => ({ tag: tags[kind], class: `source-${kind}` })));

/** Our grammar in its colours. */
export const language = () => [grammar, syntaxHighlighting(highlighter)];
