// Foreign text as nodes of the page: only ever text, what cannot be seen made visible (inert.py).

const UNSEEN = /(?!\r\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const KEPT = new Set(["\n", "\t"]);
const JOINERS = new Set(["\u200c", "\u200d"]);
const JOINED = /[^\x00-\x7f\s]$/u;

// A fragment with the text; joiners stay where writing systems and emoji need them.
export function marked(text) {
  const fragment = document.createDocumentFragment();
  let start = 0;
  for (const found of text.matchAll(UNSEEN)) {
    const character = found[0];
    if (KEPT.has(character)) continue;
    if (JOINERS.has(character) && JOINED.test(text.slice(Math.max(0, found.index - 2), found.index))) continue;
    fragment.append(text.slice(start, found.index), badge(character));
    start = found.index + character.length;
  }
  fragment.append(text.slice(start));
  return fragment;
}

function badge(character) {
  const span = document.createElement("span");
  const code = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  span.className = "unseen";
  span.title = `${code}, a character that cannot be seen`;
  span.textContent = code;
  return span;
}

// Whether two texts differ in nothing but blanks; long ones are not looked through.
export function sameText(one, other) {
  if (one.length + other.length > 4_000) return one === other;
  return one.replace(/\s/g, "") === other.replace(/\s/g, "");
}

// The beginning of a text on one line, cut before any work is done on the rest.
export function preview(text, limit) {
  const flat = text.slice(0, 4 * limit).replace(/[ \t\r\n]+/g, " ").trim();
  return flat.length > limit || text.length > 4 * limit ? `${flat.slice(0, limit)}…` : flat;
}
