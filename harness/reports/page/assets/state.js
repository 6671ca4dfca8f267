// What the reader has chosen, and the same in the address: filters, order and the open case.

import { ALL_REPLIES } from "./columns.js";

export const SHOWS = ["all", "gained", "lost", "wrong", "allwrong", "disagree"];

export function firstState(about) {
  return {
    show: "all", reference: about.pair[0], candidate: about.pair[1], query: "",
    outcome: "", outcomeArm: "", tags: {}, sort: "file", down: false, replicate: ALL_REPLIES, open: "",
  };
}

// The state as an address fragment; what stands at its default is left out.
export function stateHash(state, about) {
  const first = firstState(about);
  const parts = new URLSearchParams();
  for (const name of ["show", "reference", "candidate", "query", "outcome", "outcomeArm", "sort"]) {
    if (state[name] !== first[name]) parts.set(name, state[name]);
  }
  if (state.down) parts.set("down", "1");
  if (state.replicate !== ALL_REPLIES) parts.set("replicate", state.replicate);
  for (const [key, value] of Object.entries(state.tags)) if (value) parts.set(`tag.${key}`, value);
  if (state.open) parts.set("case", state.open);
  return parts.size ? `#${parts}` : "";
}

// The state an address asks for; what it asks for that does not exist is left at its default.
export function readHash(hash, about) {
  const state = firstState(about);
  const parts = new URLSearchParams(hash.slice(1));
  const arms = new Set(about.arms.map((arm) => arm.name));
  const take = (name, allowed) => {
    const value = parts.get(name);
    if (value !== null && allowed(value)) state[name] = value;
  };
  take("show", (value) => SHOWS.includes(value));
  take("reference", (value) => arms.has(value));
  take("candidate", (value) => arms.has(value));
  take("outcomeArm", (value) => arms.has(value));
  take("outcome", (value) => about.outcomes.includes(value));
  take("query", () => true);
  take("sort", (value) => isSort(value, arms));
  state.down = parts.get("down") === "1";
  const replicate = Number(parts.get("replicate") ?? ALL_REPLIES);
  if (replicate in about.replicates) state.replicate = replicate;
  for (const [key, values] of about.tags) {
    if (values.includes(parts.get(`tag.${key}`))) state.tags[key] = parts.get(`tag.${key}`);
  }
  state.open = parts.get("case") ?? "";
  return state;
}

export const ARM_SORTS = ["score", "outcome", "tokens", "latency", "cost"];

// "file", "id" or, of an arm, "score:few_shot".
function isSort(value, arms) {
  const [kind, ...name] = value.split(":");
  if (name.length) return ARM_SORTS.includes(kind) && arms.has(name.join(":"));
  return value === "file" || value === "id";
}
