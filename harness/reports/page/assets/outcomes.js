// What became of a reply, as a sign, a word and a class: never by colour alone.

import { element } from "./dom.js";

export const MIXED = 254;
export const NO_REPLY = 255;

const SIGNS = {
  correct: "✓", wrong: "✕", unparsed: "?", refused: "⊘", truncated: "…", filtered: "▽",
  provider_error: "!", judge_error: "!", harness_error: "!", mixed: "±", none: "–",
};

export function outcomeName(names, code) {
  if (code === MIXED) return "mixed";
  return code === NO_REPLY ? "none" : names[code];
}

export function outcomeWord(name) {
  return name === "none" ? "no reply" : name.replaceAll("_", " ");
}

export function outcomeChip(name) {
  return element(
    "span", { class: `outcome outcome-${name}` },
    element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[name]), outcomeWord(name),
  );
}
