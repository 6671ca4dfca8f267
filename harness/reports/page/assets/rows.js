// A case as a row of the grid: what is known at once, and the texts as soon as they are there.

import { element } from "./dom.js";
import { marked, preview, sameText } from "./marks.js";
import { fourDigits, score, seconds, whole } from "./numbers.js";
import { outcomeChip, outcomeName } from "./outcomes.js";

const PREVIEW = 240;

export function rowElement(grid, at, place) {
  const row = element("div", { role: "row", class: "row", id: `row-${at}`, "aria-rowindex": place + 2 });
  const texts = grid.texts.at(at);
  row.append(...cells(grid, at, texts));
  if (!texts) grid.texts.load(at).then((loaded) => row.replaceChildren(...cells(grid, at, loaded)));
  return row;
}

function cells(grid, at, texts) {
  return [
    cell("id", marked(preview(grid.texts.ids[at], PREVIEW))),
    cell("input", ...(texts ? inputNodes(texts.input) : [waiting()])),
    cell("expected", texts ? marked(preview(texts.expected, PREVIEW)) : waiting()),
    ...grid.arms.map((arm, place) => armCell(grid, arm, place, at, texts)),
  ];
}

function cell(name, ...content) {
  return element("div", { role: "gridcell", class: `cell cell-${name}` }, element("div", { class: "clamp", dir: "auto" }, ...content));
}

function waiting() {
  return element("span", { class: "quiet" }, "…");
}

export function inputNodes(input) {
  if (input.length === 1) return [marked(preview(input[0][1], PREVIEW))];
  return input.flatMap(([name, text]) => [
    element("span", { class: "field" }, marked(preview(name, 40))), marked(preview(text, PREVIEW)), " ",
  ]);
}

function armCell(grid, arm, place, at, texts) {
  const { value, outcome } = grid.selection.views[place];
  const { graded, name: armName } = grid.about.arms[place];
  const name = outcomeName(grid.about.outcomes, outcome[at]);
  const [start, end] = arm.range(at, grid.state.replicate);
  const head = element("div", { class: "cell-head" }, element("span", { class: "arm-name" }, marked(armName)), outcomeChip(name));
  if (graded) head.append(element("span", { class: "number" }, score(fourDigits(value[at]))));
  else if (end - start > 1) head.append(element("span", { class: "number", title: "replies that are correct" }, `${arm.correct(start, end)} of ${end - start}`));
  const made = element("div", { role: "gridcell", class: "cell cell-arm" }, head);
  if (start === end) return made;
  made.append(replyText(texts?.arms[place][start - arm.starts[at]]), numbersLine(arm.numbers(start)));
  return made;
}

function replyText(reply) {
  const body = element("div", { class: "clamp reply", dir: "auto" });
  if (!reply) body.append(waiting());
  else if (reply.text === null) body.append(element("span", { class: "quiet" }, "text not kept"));
  else body.append(...answerNodes(reply));
  return body;
}

// The answer that was read, then the reply it was read from, unless they are the same.
function answerNodes(reply) {
  const text = marked(preview(reply.text, PREVIEW));
  if (reply.extracted === null || sameText(reply.extracted, reply.text)) return [text];
  return [element("span", { class: "extracted" }, marked(preview(reply.extracted, 60))), " ", text];
}

function numbersLine({ input, output, latency }) {
  const parts = [];
  if (input + output > 0) parts.push(`${whole(input + output)} tokens`);
  if (latency !== null) parts.push(seconds(latency));
  return element("div", { class: "cell-foot" }, parts.join(" · "));
}
