// Prompts put together again from shared segments (prompts.py takes them apart).

import { blockJson } from "./bytes.js";
import { textOf } from "./texts.js";

const pages = new Map();

// Messages with their segments: [{role, segments: [{text, input}]}]; `input` marks the case's own.
export async function promptMessages(about, prompt, values) {
  const messages = [];
  for (const message of prompt) {
    const [role, ...segments] = typeof message === "number" ? about.messages[message] : message;
    const read = [];
    for (const segment of segments) {
      if (typeof segment === "string") read.push({ text: segment, input: false });
      else if (segment < 0) read.push({ text: textOf(values[-1 - segment]), input: true });
      else read.push({ text: await sharedText(about, segment), input: false });
    }
    messages.push({ role, segments: read });
  }
  return messages;
}

async function sharedText(about, number) {
  const page = about.shared.findLastIndex((start) => start <= number);
  if (!pages.has(page)) pages.set(page, blockJson(`shared-${page}`));
  return (await pages.get(page))[number - about.shared[page]];
}
