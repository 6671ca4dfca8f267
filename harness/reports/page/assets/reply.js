// One arm's replies to the open case: what was said, how it differs, what it took, what was sent.

import { button, element } from "./dom.js";
import { differenceElement } from "./difference.js";
import { longText } from "./longtext.js";
import { marked, sameText } from "./marks.js";
import { counted, money, score, seconds, whole } from "./numbers.js";
import { outcomeChip } from "./outcomes.js";
import { promptMessages } from "./prompts.js";

export function armCard(about, arm, place, texts, replicate) {
  const info = about.arms[place];
  const replies = texts.arms[place];
  const first = arm.starts[texts.at];
  const card = element("section", { class: "card arm-card", "aria-label": info.name });
  const head = element("h3", {}, element("span", {}, marked(info.name)), element("span", { class: "kind" }, info.kind.replaceAll("_", "-")));
  const body = element("div", {});
  const draw = (number) => body.replaceChildren(...replyParts(about, info, texts, replies[number], arm.numbers(first + number)));
  card.append(head);
  if (!replies.length) {
    card.append(outcomeChip("none"), element("p", { class: "quiet" }, "This arm has no reply to this case."));
    return card;
  }
  if (replies.length > 1) card.append(replicateTabs(about, arm, first, replies.length, arm.range(texts.at, replicate)[0] - first, draw));
  card.append(body);
  draw(arm.range(texts.at, replicate)[0] - first);
  return card;
}

function replicateTabs(about, arm, first, count, current, draw) {
  const tabs = element("div", { class: "tabs", role: "group", "aria-label": "Replies of this arm" });
  const show = (number) => {
    [...tabs.children].forEach((tab, place) => tab.setAttribute("aria-pressed", String(place === number)));
    draw(number);
  };
  for (let number = 0; number < count; number += 1) {
    const { replicate, outcome } = arm.numbers(first + number);
    const [seed, trial] = about.replicates[replicate];
    const name = about.outcomes[outcome];
    tabs.append(button(`${number + 1}`, () => show(number), {
      class: `tab outcome-${name}`, "aria-pressed": String(number === current), title: `shot seed ${seed}, trial ${trial}: ${name}`,
    }));
  }
  return tabs;
}

function replyParts(about, info, texts, reply, numbers) {
  const parts = [element("p", { class: "reply-head" }, outcomeChip(about.outcomes[numbers.outcome]), element("span", { class: "number" }, `score ${score(numbers.value)}`))];
  if (reply.extracted !== null && !sameText(reply.extracted, reply.text ?? "")) parts.push(labelled("Answer read", longText(reply.extracted, "div")));
  if (reply.text === null) parts.push(element("p", { class: "quiet" }, "The text was not kept."));
  else parts.push(labelled(reply.failed ? "No answer" : "Reply", longText(reply.text)));
  const difference = numbers.value === 1 ? null : differenceElement(texts.expected, reply);
  if (difference) parts.push(labelled("From expected to reply", difference));
  if (reply.reason) parts.push(labelled("Why", longText(reply.reason, "div")));
  parts.push(numbersList(about, info, reply, numbers), promptDetails(about, reply.prompt, texts.values));
  return parts;
}

function labelled(label, content) {
  return element("div", { class: "labelled" }, element("h4", {}, label), content);
}

function numbersList(about, info, reply, numbers) {
  const [seed, trial] = about.replicates[numbers.replicate];
  const rows = reply.scores.map(([name, value]) => [name, score(value)]);
  rows.push(["tokens in", tokens(numbers.input, reply.estimated) + (reply.cached ? ` (${whole(reply.cached)} cached)` : "")]);
  rows.push(["tokens out", tokens(numbers.output, reply.estimated) + (reply.reasoning ? ` (${whole(reply.reasoning)} reasoning)` : "")]);
  rows.push(["cost", money(numbers.cost, info.currency)], ["latency", seconds(numbers.latency)], ["attempts", whole(numbers.attempts)]);
  if (reply.finish) rows.push(["finish", reply.finish]);
  if (reply.model) rows.push(["model", reply.model]);
  if (about.replicates.length > 1) rows.push(["replicate", `shot seed ${seed}, trial ${trial}`]);
  if (reply.shots.length) rows.push([counted(reply.shots.length, "shot"), reply.shots.join(", ")]);
  return element("dl", { class: "numbers" }, ...rows.flatMap(([name, value]) => [element("dt", {}, marked(name)), element("dd", {}, marked(value))]));
}

function tokens(count, estimated) {
  return `${estimated && count !== null ? "~" : ""}${whole(count)}`;
}

// Put together when it is opened.
function promptDetails(about, prompt, values) {
  if (prompt === null) return element("p", { class: "quiet" }, "The prompt as sent is not known.");
  const body = element("div", { class: "prompt" });
  const details = element("details", { class: "prompt-details" }, element("summary", {}, "Prompt as sent"), body);
  details.addEventListener("toggle", async () => {
    if (!details.open || body.childNodes.length) return;
    for (const { role, segments } of await promptMessages(about, prompt, values)) {
      const text = element("pre", { class: "foreign", dir: "auto" });
      for (const segment of segments) text.append(element(segment.input ? "mark" : "span", {}, segment.text.length > 12_000 ? longText(segment.text, "span") : marked(segment.text)));
      body.append(element("h5", {}, marked(role)), text);
    }
  });
  return details;
}
