// Prompts put together again from shared segments (prompts.py takes them apart).

import { blockJson } from "./bytes.js";
import { textOf } from "./texts.js";

const pages = new Map();

// Messages with their segments: [{role, segments: [{text, input}]}]; `input` marks the case's own.
export async function promptMessages(about, { part, encoded }, values) {
  const messages = [];
  for (const message of encoded) {
    const [role, ...segments] = typeof message === "number" ? about.parts[part].messages[message] : message;
    const read = [];
    for (const segment of segments) {
      if (typeof segment === "string") read.push({ text: segment, input: false });
      else if (segment < 0) read.push({ text: textOf(values[-1 - segment]), input: true });
      else read.push({ text: await sharedText(about, part, segment), input: false });
    }
    messages.push({ role, segments: read });
  }
  return messages;
}

async function sharedText(about, part, number) {
  const { shared } = about.parts[part];
  const page = shared.findLastIndex((start) => start <= number);
  const id = `shared-${part}-${page}`;
  if (!pages.has(id)) pages.set(id, blockJson(id));
  return (await pages.get(id))[number - shared[page]];
}
