// The editor's own style sheet, in a way that the site's policy allows.

import { StyleModule } from "style-mod";

/** One sheet for each root, and the modules in it. */
const sheets = new Map();

/**
 * The library would write a `<style>` element, which the content security policy refuses. A sheet that a script constructs is not
 * inline, so the rules go into one of those.
 */
StyleModule.mount = (root, modules) => {
  const known = sheets.get(root) ?? { sheet: new CSSStyleSheet(), modules: [] };
  const wanted = [modules].flat();
  // Later rules overrule earlier ones, as the library asks for them; what another editor brought stays before them.
  known.modules = [...known.modules.filter((module) => !wanted.includes(module)), ...wanted];
  known.sheet.replaceSync(known.modules.map((module) => module.getRules()).join("\n"));
  if (!sheets.has(root)) root.adoptedStyleSheets = [known.sheet, ...root.adoptedStyleSheets];
  sheets.set(root, known);
};
