// The parts in which cases were packed, joined: one grid with one set of columns and tables.

import { blockBytes, blockJson } from "./bytes.js";
import { emptyColumn, unpackColumn } from "./columns.js";

// What the page is about, the columns of all its replies and the ids of its cases.
export async function readGrid() {
  const about = await blockJson("grid");
  const packed = about.parts.map((_, number) => blockBytes(`columns-${number}`));
  const [ids, ranks, ...parts] = await Promise.all([blockJson("ids"), blockBytes("ranks"), ...packed]);
  const joined = new Joined(about);
  about.parts.forEach((part, number) => joined.add(part, new Uint8Array(parts[number])));
  joined.columns.rank = emptyColumn("u32", about.cases);
  unpackColumn(joined.columns.rank, 0, about.cases, new Uint8Array(ranks), 0);
  about.replicates = joined.replicates.values;
  about.tags = [...joined.tags].map(([key, { values }]) => [key, values]);
  about.inputs = [...joined.inputs];
  return { about, columns: joined.columns, ids };
}

// Values by the numbers that they have in the whole page, in the order in which parts bring them.
class Numbered {
  constructor() {
    this.values = [];
    this.numbers = new Map();
  }

  number(value) {
    const name = JSON.stringify(value);
    if (!this.numbers.has(name)) {
      this.numbers.set(name, this.values.length);
      this.values.push(value);
    }
    return this.numbers.get(name);
  }
}

class Joined {
  constructor(about) {
    this.cases = about.cases;
    this.first = 0;
    this.columns = {};
    this.filled = {};
    this.lengths = {};
    for (const { columns } of about.parts) for (const { name, length } of columns) this.lengths[name] = (this.lengths[name] ?? 0) + length;
    this.replicates = new Numbered();
    this.tags = new Map();
    this.inputs = new Set();
  }

  // Adds the next part: its columns, with numbers of its own tables made those of the page.
  add(part, packed) {
    const replicates = part.replicates.map((one) => this.replicates.number(one));
    part.keys.flat().forEach((name) => this.inputs.add(name));
    let at = 0;
    for (const { name, type, length } of part.columns) {
      const added = name.startsWith("tag") ? this.tagValues(part.tags[Number(name.slice(3))], type, length, packed, at) : this.values(name, type, length, packed, at);
      if (name.endsWith(".replicate")) recode(added, replicates);
      at += added.byteLength;
    }
    this.first += part.cases;
  }

  values(name, type, length, packed, at) {
    const from = this.filled[name] ?? 0;
    this.columns[name] ??= emptyColumn(type, this.lengths[name]);
    this.filled[name] = from + length;
    return unpackColumn(this.columns[name], from, length, packed, at);
  }

  // A key may be met first in a later part, and then no case before it has it, which code 0 says.
  tagValues([key, values], type, length, packed, at) {
    if (!this.tags.has(key)) {
      this.columns[`tag${this.tags.size}`] = emptyColumn(type, this.cases);
      this.tags.set(key, new Numbered());
    }
    const place = [...this.tags.keys()].indexOf(key);
    const added = unpackColumn(this.columns[`tag${place}`], this.first, length, packed, at);
    recode(added, [0, ...values.map((value) => 1 + this.tags.get(key).number(value))]);
    return added;
  }
}

function recode(values, codes) {
  if (codes.every((code, place) => code === place)) return;
  for (let at = 0; at < values.length; at += 1) values[at] = codes[values[at]];
}
