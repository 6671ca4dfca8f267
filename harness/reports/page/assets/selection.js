// Which cases are shown, and in which order: the choices of the reader applied to the columns.

import { NO_REPLY } from "./outcomes.js";

export class Selection {
  constructor(about, columns, arms, texts) {
    this.about = about;
    this.columns = columns;
    this.arms = arms;
    this.texts = texts;
    this.places = new Map(about.arms.map((arm, place) => [arm.name, place]));
    this.replicate = undefined;
    this.orders = new Map();
    this.pairs = new Map();
  }

  // Cases as an array of their places in the file.
  shown(state) {
    const mask = this.mask(state);
    const order = this.order(state);
    const shown = new Uint32Array(order.length);
    let count = 0;
    for (let place = 0; place < order.length; place += 1) if (mask[order[place]]) shown[count++] = order[place];
    return shown.subarray(0, count);
  }

  // One value per case and arm, for the chosen replicate.
  look(replicate) {
    if (this.replicate === replicate) return;
    this.replicate = replicate;
    this.orders.clear();
    this.pairs.clear();
    this.views = this.arms.map((arm) => arm.view(replicate));
    this.groups = groupsOf(this.views, this.about.cases);
  }

  // How many cases each of the choices "all", "gained" … would show, whatever else is chosen.
  counts(state) {
    const others = this.others(state);
    const all = new Uint8Array(this.about.cases).fill(1);
    const groups = Object.entries({ all, ...this.groups, ...this.moved(state) });
    return Object.fromEntries(groups.map(([name, flags]) => [name, countBoth(flags, others)]));
  }

  // The cases that one arm gained or lost against another.
  moved({ reference, candidate }) {
    const name = JSON.stringify([reference, candidate]);
    if (!this.pairs.has(name)) this.pairs.set(name, this.compared(reference, candidate));
    return this.pairs.get(name);
  }

  compared(reference, candidate) {
    const before = this.views[this.places.get(reference)].value;
    const after = this.views[this.places.get(candidate)].value;
    const gained = new Uint8Array(before.length);
    const lost = new Uint8Array(before.length);
    for (let at = 0; at < before.length; at += 1) {
      gained[at] = after[at] > before[at] ? 1 : 0;
      lost[at] = after[at] < before[at] ? 1 : 0;
    }
    return { gained, lost };
  }

  mask(state) {
    const others = this.others(state);
    const chosen = this.groups[state.show] ?? this.moved(state)[state.show];
    return chosen ? others.map((flag, at) => flag & chosen[at]) : others;
  }

  // The cases that all choices but "gained", "lost" … leave; kept until one of these changes.
  others(state) {
    this.look(state.replicate);
    const { outcome, outcomeArm, tags, query, replicate } = state;
    const name = JSON.stringify([outcome, outcomeArm, tags, query, replicate, query && this.texts.searchable]);
    if (this.left?.name !== name) this.left = { name, mask: this.leave(state) };
    return this.left.mask;
  }

  leave(state) {
    const mask = new Uint8Array(this.about.cases).fill(1);
    if (state.outcome) this.keepOutcome(state, mask);
    this.about.tags.forEach(([key, values], place) => {
      if (state.tags[key]) keep(mask, this.columns[`tag${place}`], 1 + values.indexOf(state.tags[key]));
    });
    if (state.query) this.texts.search(state.query, mask);
    return mask;
  }

  // Leaves cases where a looked-at reply of the arm, or of any arm, has the outcome.
  keepOutcome(state, mask) {
    const code = this.about.outcomes.indexOf(state.outcome);
    const arms = state.outcomeArm ? [this.arms[this.places.get(state.outcomeArm)]] : this.arms;
    const has = (arm, at) => {
      const [start, end] = arm.range(at, state.replicate);
      for (let reply = start; reply < end; reply += 1) if (arm.outcome[reply] === code) return true;
      return false;
    };
    for (let at = 0; at < mask.length; at += 1) {
      if (mask[at] && !arms.some((arm) => has(arm, at))) mask[at] = 0;
    }
  }

  order(state) {
    const name = `${state.sort} ${state.down}`;
    if (!this.orders.has(name)) this.orders.set(name, sorted(this.sortKeys(state), state.down));
    return this.orders.get(name);
  }

  sortKeys(state) {
    const [kind, ...parts] = state.sort.split(":");
    if (kind === "file") return new Uint32Array(this.about.cases).map((_, at) => at);
    if (kind === "id") return this.columns.rank;
    const place = this.places.get(parts.join(":"));
    if (kind === "score") return this.views[place].value;
    if (kind === "outcome") return this.views[place].outcome;
    return this.arms[place].means(kind, state.replicate);
  }
}

const PLACES = 2 ** 21;
const LAST = 2 ** 32 - 1;
const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

// Places by key; what is not known comes last, whichever way, and equals keep their order. A key
// and its place go into one number (32 + 21 bits), because numbers alone are sorted fastest.
function sorted(keys, down) {
  const packed = new Float64Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const rank = Number.isNaN(keys[at]) ? LAST : down ? LAST - 1 - rankOf(keys[at]) : rankOf(keys[at]);
    packed[at] = rank * PLACES + at;
  }
  packed.sort();
  const order = new Uint32Array(keys.length);
  for (let place = 0; place < order.length; place += 1) order[place] = packed[place] % PLACES;
  return order;
}

// A whole number that is larger where the key is: the bits of a float, turned for negative ones.
function rankOf(key) {
  number[0] = key;
  return bits[0] >>> 31 ? ~bits[0] >>> 0 : (bits[0] | 0x80000000) >>> 0;
}

function groupsOf(views, cases) {
  const wrong = new Uint8Array(cases);
  const allwrong = new Uint8Array(cases);
  const disagree = new Uint8Array(cases);
  for (let at = 0; at < cases; at += 1) {
    let asked = 0;
    let failed = 0;
    let lowest = Infinity;
    let highest = -Infinity;
    for (const { value, outcome, wrong: someWrong } of views) {
      if (outcome[at] === NO_REPLY) continue;
      asked += 1;
      failed += someWrong[at];
      if (value[at] < lowest) lowest = value[at];
      if (value[at] > highest) highest = value[at];
    }
    wrong[at] = failed > 0 ? 1 : 0;
    allwrong[at] = asked > 0 && failed === asked ? 1 : 0;
    disagree[at] = highest > lowest ? 1 : 0;
  }
  return { wrong, allwrong, disagree };
}

function keep(mask, column, code) {
  for (let at = 0; at < mask.length; at += 1) if (column[at] !== code) mask[at] = 0;
}

function countBoth(flags, others) {
  let count = 0;
  for (let at = 0; at < flags.length; at += 1) count += flags[at] & others[at];
  return count;
}
