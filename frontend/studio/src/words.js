// What the editor says of itself, in the words of the house.

import { EditorState } from "@codemirror/state";

/** The words of the packages, and ours for them. */
export const words = () =>
  EditorState.phrases.of({
    "by word": "Whole words",
    close: "Close",
    Completions: "What can stand here",
    Diagnostics: "Problems",
    "match case": "Capitals count",
    next: "Next",
    "No diagnostics": "No problems",
    previous: "Previous",
    replace: "Replace",
    "replace all": "Replace all",
  });
