// The texts of cases: unpacked chunk by chunk when they are looked at, and once for searching.

import { blockJson } from "./bytes.js";

const CHUNKS_KEPT = 96;
const SLICE_MS = 12;
const AHEAD = 4;
const FAILED = 1;
const ESTIMATED = 2;

export class Texts {
  constructor(about, ids) {
    this.cases = about.cases;
    this.ids = ids;
    this.chunks = chunksOf(about.parts);
    this.starts = this.chunks.map((chunk) => chunk.start);
    this.kept = new Map();
    this.haystacks = [];
    this.searchable = 0;
  }

  chunkOf(at) {
    const { starts } = this;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle;
      else high = middle;
    }
    return low;
  }

  // The texts of a case if its chunk is at hand; undefined if it must be awaited.
  at(at) {
    const number = this.chunkOf(at);
    const chunk = this.kept.get(number);
    if (!chunk) return undefined;
    this.kept.delete(number);
    this.kept.set(number, chunk);
    return chunk.rows ? this.read(at, number, chunk.rows) : undefined;
  }

  async load(at) {
    const number = this.chunkOf(at);
    const rows = await this.chunk(number);
    return this.read(at, number, rows);
  }

  async chunk(number) {
    const known = this.kept.get(number);
    if (known) return known.coming;
    const chunk = { rows: undefined, coming: blockJson(`texts-${this.chunks[number].id}`) };
    this.kept.set(number, chunk);
    if (this.kept.size > CHUNKS_KEPT) this.kept.delete(this.kept.keys().next().value);
    chunk.rows = await chunk.coming;
    return chunk.rows;
  }

  read(at, number, rows) {
    const { start, tables } = this.chunks[number];
    const [keys, values, expected, arms] = rows[at - start];
    const input = tables.keys[keys].map((name, place) => [name, textOf(values[place]), values[place]]);
    const replies = arms.map((one) => one.map(([text, extracted]) => ({ text, extracted })));
    return { at, id: this.ids[at], input, values, expected: textOf(expected), rawExpected: expected, arms: replies };
  }

  // Everything about a case, also what no row shows.
  async loadAll(at) {
    const number = this.chunkOf(at);
    const [texts, rows] = await Promise.all([this.load(at), this.moreOf(number)]);
    const chunk = this.chunks[number];
    const [group, arms] = rows[at - chunk.start];
    const all = (reply, more) => ({ ...reply, ...moreOfReply(chunk, more) });
    return { ...texts, group, arms: texts.arms.map((replies, arm) => replies.map((reply, place) => all(reply, arms[arm][place]))) };
  }

  // The chunk of the last case that was asked for stays: its neighbours come next.
  moreOf(number) {
    if (this.lastMore?.number !== number) this.lastMore = { number, coming: blockJson(`more-${this.chunks[number].id}`) };
    return this.lastMore.coming;
  }

  // Makes the chunks searchable one after the other, in slices that leave the page answering.
  async makeSearchable(told) {
    const { starts, cases } = this;
    const unpacked = (number) => blockJson(`texts-${this.chunks[number].id}`);
    let since = performance.now();
    const coming = starts.slice(0, AHEAD).map((_, number) => unpacked(number));
    for (let number = 0; number < starts.length; number += 1) {
      const rows = await coming.shift();
      if (number + AHEAD < starts.length) coming.push(unpacked(number + AHEAD));
      this.haystacks.push(haystack(rows, this.ids, starts[number]));
      this.searchable = starts[number + 1] ?? cases;
      if (performance.now() - since > SLICE_MS) {
        told();
        await new Promise((resume) => setTimeout(resume));
        since = performance.now();
      }
    }
    told();
  }

  // Takes out of the mask every case without the needle, as far as texts are searchable by now.
  search(needle, mask) {
    const sought = needle.toLowerCase();
    mask.fill(0, this.searchable);
    this.haystacks.forEach(({ text, ends }, number) => {
      const start = this.starts[number];
      if (!mask.subarray(start, start + ends.length).includes(1)) return;
      let place = 0;
      let from = 0;
      while (place < ends.length) {
        const found = text.indexOf(sought, from);
        const last = found < 0 ? ends.length : firstBeyond(ends, found, place);
        mask.fill(0, start + place, start + last);
        place = last + 1;
        from = ends[last];
      }
    });
  }
}

// All chunks of all parts in the order of the cases, each with the tables its numbers are of.
function chunksOf(parts) {
  const chunks = [];
  let first = 0;
  parts.forEach((tables, part) => {
    tables.starts.forEach((start, number) => chunks.push({ id: `${part}-${number}`, start: first + start, part, tables }));
    first += tables.cases;
  });
  return chunks;
}

function moreOfReply({ part, tables }, [reason, scorers, scores, model, finish, flags, shots, encoded, usage]) {
  return { reason, model: tables.models[model], finish: tables.finishes[finish],
    scores: tables.scorers[scorers].map((name, place) => [name, scores[place]]),
    failed: (flags & FAILED) > 0, estimated: (flags & ESTIMATED) > 0,
    prompt: encoded && { part, encoded }, shots: shots.map((shot) => tables.shots[shot]),
    cached: usage[0], cacheWrite: usage[1], reasoning: usage[2] };
}

export function textOf(value) {
  return typeof value === "string" ? value : value[0];
}

// Id, input, expected value and replies of each case, in small letters; `ends` are exclusive.
function haystack(rows, ids, start) {
  const ends = new Uint32Array(rows.length);
  const pieces = [];
  let length = 0;
  rows.forEach(([, values, expected, arms], place) => {
    const parts = [ids[start + place], ...values.map(textOf), textOf(expected)];
    for (const replies of arms) for (const [reply] of replies) if (reply !== null) parts.push(reply);
    const piece = `${parts.join("\u0000")}\u0000`.toLowerCase();
    length = ends[place] = length + piece.length;
    pieces.push(piece);
  });
  return { text: pieces.join(""), ends };
}

// The first place whose end lies beyond a position.
function firstBeyond(ends, position, from) {
  let low = from;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
