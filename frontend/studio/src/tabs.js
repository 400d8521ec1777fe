// On a phone, text, problems and preview are tabs. Without scripts, and where there is room, they stand below or beside each other.

import { problems } from "./parts.js";

const NARROW = "(max-width: 48rem)";
const PARTS = [["text", "Text", ".studio-writing"], ["problems", "Problems", ".studio-problems"], ["preview", "Preview", ".studio-preview"]];

/**
 * Makes the tabs.
 *
 * @param {() => void} chose told when another one is shown
 * @returns {{show: (name: string) => void, count: () => void}} to show one, and to tell how many problems there are
 */
export function tabs(chose) {
  const narrow = matchMedia(NARROW);
  const list = Object.assign(document.createElement("div"), { className: "studio-tabs" });
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Parts of the studio");
  const made = PARTS.map(([name, words, place]) => {
    const panel = document.querySelector(place);
    const tab = Object.assign(document.createElement("button"), { type: "button", id: `tab-${name}`, textContent: words });
    panel.id ||= `panel-${name}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    return { name, tab, panel, label: panel.getAttribute("aria-label") };
  });
  let chosen = made[0];

  const set = (element, name, value) => (value === null ? element.removeAttribute(name) : element.setAttribute(name, value));
  const draw = () => {
    list.hidden = !narrow.matches;
    for (const one of made) {
      const { tab, panel, label } = one;
      tab.setAttribute("aria-selected", String(one === chosen));
      tab.tabIndex = one === chosen ? 0 : -1;
      panel.hidden = narrow.matches && one !== chosen;
      set(panel, "role", narrow.matches ? "tabpanel" : null);
      set(panel, "aria-labelledby", narrow.matches ? tab.id : null);
      set(panel, "aria-label", narrow.matches ? null : label);
    }
  };
  const choose = (one) => {
    chosen = one;
    draw();
    chose();
  };

  for (const one of made) one.tab.addEventListener("click", () => choose(one));
  list.addEventListener("keydown", (event) => {
    const at = made.indexOf(chosen);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(made.at(to % made.length));
    chosen.tab.focus();
  });
  list.append(...made.map(({ tab }) => tab));
  document.querySelector(".studio").prepend(list);
  narrow.addEventListener("change", draw);
  draw();

  const count = () => {
    const many = problems().length;
    made[1].tab.textContent = many ? `Problems (${many})` : "Problems";
  };
  count();
  return {
    count,
    show(name) {
      if (narrow.matches) choose(made.find((one) => one.name === name));
    },
  };
}
