// What a reply has that was not expected, and lacks that was: words, or lines of sorted JSON.

import JsDiff from "../vendor/diff.js";
import { element } from "./dom.js";
import { Raw, jsonText } from "./json.js";
import { marked } from "./marks.js";

const LONGEST = 20_000;
const LIMITS = { timeout: 250, maxEditLength: 4_000 };

// A paragraph with the difference; null where there is nothing to compare.
export function differenceElement(expected, reply) {
  if (reply.text === null || reply.failed) return null;
  const texts = bothJson(expected, reply.extracted ?? reply.text) ?? [expected, reply.text.trim()];
  if (texts[0] === texts[1]) return element("p", { class: "difference same" }, "The same as expected.");
  if (texts[0].length + texts[1].length > LONGEST) return element("p", { class: "quiet" }, "Too long to compare word by word.");
  const compare = texts[0].includes("\n") ? JsDiff.diffLines : JsDiff.diffWords;
  const parts = compare(...texts, LIMITS);
  if (!parts) return element("p", { class: "quiet" }, "Too different to compare word by word.");
  return element("p", { class: "difference", dir: "auto" }, ...parts.map(({ value, added, removed }) => {
    if (added) return element("ins", {}, marked(value));
    return removed ? element("del", {}, marked(value)) : marked(value);
  }));
}

// Both as JSON with sorted keys, one value per line, where both are objects or lists.
function bothJson(expected, answer) {
  const texts = [expected, answer].map((text) => {
    const value = parsed(text);
    return typeof value === "object" && value !== null && !(value instanceof Raw) ? jsonText(value, "", true) : null;
  });
  return texts.includes(null) ? null : texts;
}

// JSON of an object or a list over several lines; anything else as it stands.
export function readable(text) {
  const value = parsed(text);
  return typeof value === "object" && value !== null && !(value instanceof Raw) ? jsonText(value, "") : text;
}

function parsed(text) {
  if (text.length > LONGEST || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text, (_, value, context) => (typeof value === "number" && context?.source ? new Raw(context.source) : value));
  } catch {
    return undefined;
  }
}
