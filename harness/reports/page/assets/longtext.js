// A whole text of any length: its beginning at once, the rest when asked for, piece by piece.

import { button, element } from "./dom.js";
import { marked } from "./marks.js";
import { whole } from "./numbers.js";

const AT_ONCE = 12_000;
const PIECE = 100_000;

export function longText(text, name = "pre") {
  const body = element(name, { class: "foreign", dir: "auto" }, marked(text.slice(0, AT_ONCE)));
  if (text.length <= AT_ONCE) return body;
  const more = element("p", { class: "more" });
  let end = AT_ONCE;
  const draw = () => {
    const next = Math.min(text.length, end + PIECE);
    more.replaceChildren(`${whole(end)} of ${whole(text.length)} characters. `);
    if (end < text.length) more.append(button(`Show ${whole(next - end)} more`, () => {
      body.append(element("span", {}, marked(text.slice(end, next))));
      end = next;
      draw();
    }));
  };
  draw();
  return element("div", {}, body, more);
}
