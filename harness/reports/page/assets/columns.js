// The numbers of all replies, and from them one value per case and arm: everything filters need.

import { fourDigits } from "./numbers.js";
import { MIXED, NO_REPLY } from "./outcomes.js";

const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array };
const UNKNOWN_COUNT = 2 ** 32 - 1;

export const ALL_REPLIES = -1;

// A column with nothing in it yet.
export function emptyColumn(type, length) {
  return new ARRAYS[type](length);
}

// Fills a column from a place on: of all values first the lowest bytes, then the next.
export function unpackColumn(column, from, length, packed, at) {
  const size = column.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(column.buffer, from * size, length * size);
  for (let plane = 0; plane < size; plane += 1) {
    for (let to = plane; to < bytes.length; to += size) bytes[to] = packed[at++];
  }
  return column.subarray(from, from + length);
}

// One arm: where the replies to each case stand in its columns, and what they are worth.
export class ArmColumns {
  constructor(place, cases, columns) {
    for (const name of ["replies", "replicate", "outcome", "value", "input", "output", "cost", "latency", "attempts"]) {
      this[name] = columns[`arm${place}.${name}`];
    }
    this.cases = cases;
    this.starts = new Uint32Array(cases + 1);
    for (let at = 0; at < cases; at += 1) this.starts[at + 1] = this.starts[at] + this.replies[at];
    this.most = this.replies.reduce((most, count) => Math.max(most, count), 0);
  }

  // The replies of a case that are looked at: all, or the chosen replicate where the arm has it.
  range(at, replicate) {
    const start = this.starts[at];
    const end = this.starts[at + 1];
    if (replicate === ALL_REPLIES || end - start < 2) return [start, end];
    for (let reply = start; reply < end; reply += 1) {
      if (this.replicate[reply] === replicate) return [reply, reply + 1];
    }
    return [start, start + 1];
  }

  // Per case: mean value, the outcome all looked-at replies share, and whether all are correct.
  view(replicate) {
    const value = new Float32Array(this.cases).fill(NaN);
    const outcome = new Uint8Array(this.cases).fill(NO_REPLY);
    const wrong = new Uint8Array(this.cases);
    for (let at = 0; at < this.cases; at += 1) {
      const [start, end] = this.range(at, replicate);
      if (start === end) continue;
      let sum = 0;
      outcome[at] = this.outcome[start];
      for (let reply = start; reply < end; reply += 1) {
        sum += this.value[reply];
        if (this.outcome[reply] !== outcome[at]) outcome[at] = MIXED;
        if (this.outcome[reply] !== 0) wrong[at] = 1;
      }
      value[at] = sum / (end - start);
    }
    return { value, outcome, wrong };
  }

  // How many of the replies from `start` up to `end` are correct.
  correct(start, end) {
    let count = 0;
    for (let reply = start; reply < end; reply += 1) if (this.outcome[reply] === 0) count += 1;
    return count;
  }

  // Mean over the looked-at replies of each case, for sorting; NaN where nothing is known.
  means(name, replicate) {
    const number = {
      tokens: (reply) => (this.input[reply] === UNKNOWN_COUNT ? NaN : this.input[reply] + this.output[reply]),
      latency: (reply) => this.latency[reply],
      cost: (reply) => this.cost[reply],
    }[name];
    const means = new Float64Array(this.cases);
    for (let at = 0; at < this.cases; at += 1) {
      const [start, end] = this.range(at, replicate);
      let sum = 0;
      for (let reply = start; reply < end; reply += 1) sum += number(reply);
      means[at] = sum / (end - start);
    }
    return means;
  }

  // The numbers of one reply; null is unknown.
  numbers(reply) {
    const known = this.input[reply] !== UNKNOWN_COUNT;
    return {
      replicate: this.replicate[reply],
      outcome: this.outcome[reply],
      value: fourDigits(this.value[reply]),
      input: known ? this.input[reply] : null,
      output: known ? this.output[reply] : null,
      cost: fourDigits(this.cost[reply]),
      latency: fourDigits(this.latency[reply]),
      attempts: this.attempts[reply],
    };
  }
}
