// Cases as JSON, JSON lines and CSV, and the ways they leave the page: a file or the clipboard.

import { announce, element } from "./dom.js";
import { Raw, jsonText } from "./json.js";
import { promptMessages } from "./prompts.js";

const REPLY_FIELDS = [
  "arm", "shot_seed", "trial", "outcome", "value", "extracted", "reply", "reason", "finish", "model",
  "input_tokens", "output_tokens", "cost", "currency", "latency", "attempts",
];

export class Exporter {
  constructor(about, columns, arms, texts) {
    Object.assign(this, { about, columns, arms, texts });
  }

  // One case as an object; `prompts` adds what was sent.
  async caseValue(at, prompts) {
    const texts = await this.texts.loadAll(at);
    const arms = {};
    for (const [place, { name }] of this.about.arms.entries()) {
      const replies = texts.arms[place].map((reply, number) => this.replyValue(place, this.arms[place].starts[at] + number, reply));
      if (prompts) {
        for (const [number, { prompt }] of texts.arms[place].entries()) {
          replies[number].prompt = prompt && (await this.promptValue(prompt, texts.values));
        }
      }
      arms[name] = replies;
    }
    const raw = (value) => (typeof value === "string" ? value : new Raw(value[0]));
    return {
      id: texts.id, group: texts.group, tags: this.tags(at),
      input: Object.fromEntries(texts.input.map(([name, , value]) => [name, raw(value)])),
      expected: raw(texts.rawExpected), arms,
    };
  }

  tags(at) {
    const tags = {};
    this.about.tags.forEach(([key, values], place) => {
      const code = this.columns[`tag${place}`][at];
      if (code) tags[key] = values[code - 1];
    });
    return tags;
  }

  replyValue(place, number, reply) {
    const numbers = this.arms[place].numbers(number);
    const [seed, trial] = this.about.replicates[numbers.replicate];
    return {
      shot_seed: seed, trial, outcome: this.about.outcomes[numbers.outcome], value: numbers.value,
      extracted: reply.extracted, reply: reply.failed ? null : reply.text, failure: reply.failed ? reply.text : null,
      reason: reply.reason, scores: Object.fromEntries(reply.scores), finish: reply.finish, model: reply.model,
      input_tokens: numbers.input, output_tokens: numbers.output, cost: numbers.cost,
      currency: this.about.arms[place].currency, latency: numbers.latency, attempts: numbers.attempts, shots: reply.shots,
    };
  }

  async promptValue(prompt, values) {
    const messages = await promptMessages(this.about, prompt, values);
    return messages.map(({ role, segments }) => ({ role, content: segments.map(({ text }) => text).join("") }));
  }

  async copy(at) {
    const copied = await copyText(jsonText(await this.caseValue(at, true), ""));
    announce(copied ? "Copied the case as JSON." : "The browser does not let this page copy.");
    return copied;
  }

  async jsonl(shown) {
    const lines = [];
    for (const at of shown) lines.push(`${jsonText(await this.caseValue(at, false))}\n`);
    save(lines, fileName("jsonl"), "application/x-ndjson");
  }

  async csv(shown) {
    const tags = this.about.tags.map(([key]) => key);
    const inputs = this.about.inputs;
    const heads = ["case", "group", ...tags.map((key) => `tag.${key}`), ...inputs.map((key) => `input.${key}`), "expected", ...REPLY_FIELDS];
    const lines = [csvLine(heads)];
    for (const at of shown) {
      const value = await this.caseValue(at, false);
      const lead = [value.id, value.group, ...tags.map((key) => value.tags[key]), ...inputs.map((key) => plain(value.input[key])), plain(value.expected)];
      for (const [arm, replies] of Object.entries(value.arms)) {
        for (const reply of replies) {
          const fields = { ...reply, arm, reply: reply.reply ?? reply.failure };
          lines.push(csvLine([...lead, ...REPLY_FIELDS.map((name) => fields[name])]));
        }
      }
    }
    save(["\ufeff", ...lines], fileName("csv"), "text/csv");
  }
}

function plain(value) {
  return value instanceof Raw ? value.text : value;
}

function csvLine(values) {
  return `${values.map(csvField).join(",")}\r\n`;
}

// A field as RFC 4180 has it. Spreadsheets run a text that begins with = + - @, a tab or a carriage
// return as a formula, so such a text gets an apostrophe in front; numbers are no texts and stay.
export function csvField(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).toWellFormed();
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Such as review_stars-cases.csv: beside those of other suites it is known what it is of.
function fileName(ending) {
  const { name } = document.getElementById("main").dataset;
  return name ? `${name}-cases.${ending}` : `cases.${ending}`;
}

function save(parts, name, type) {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  announce(`Saved ${name}.`);
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text);
  }
}

// Older ways of copying, for browsers that give pages from a disk no clipboard.
function copyByHand(text) {
  const area = element("textarea", { class: "offscreen" });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.value = text;
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
