// The controls above the grid. Each changes the state and tells; the grid knows nothing of them.

import { button, element } from "./dom.js";
import { counted, whole } from "./numbers.js";
import { outcomeWord } from "./outcomes.js";
import { ALL_REPLIES } from "./columns.js";
import { PHONE } from "./grid.js";
import { ARM_SORTS, SHOWS, firstState } from "./state.js";

const SHOW_WORDS = {
  all: "All", gained: "Gained", lost: "Lost", wrong: "Any arm wrong", allwrong: "All wrong", disagree: "Arms disagree",
};
const TYPING_MS = 90;

export class Toolbar {
  constructor(about, severalReplies, changed, left, exports) {
    Object.assign(this, { about, severalReplies, changed, left });
    this.search = element("input", {
      type: "search", id: "search", placeholder: "Search id, input, expected, replies", autocomplete: "off",
      spellcheck: "false", "aria-label": "Search id, input, expected value and replies", oninput: () => this.typed(),
      onkeydown: (event) => this.pressed(event),
    });
    this.showButtons = new Map(this.shows().map((show) => [show, button(SHOW_WORDS[show], () => this.changed({ show }), { class: `show show-${show}` })]));
    this.count = element("p", { class: "count", role: "status" });
    this.selects = [];
    this.turn = button("", () => this.changed({ down: !this.state.down }), { class: "turn" });
    this.controls = element("div", { class: "controls" }, ...this.choices());
    this.filters = element("details", { class: "filters", open: true }, element("summary", {}, "Filters and order"), this.controls);
    this.phone = matchMedia(PHONE);
    this.fold();
    this.phone.addEventListener("change", () => this.fold());
    this.element = element(
      "div", { class: "toolbar" },
      element("div", { class: "toolbar-line" }, element("div", { class: "search" }, this.search, element("kbd", { "aria-hidden": "true" }, "/")),
        element("div", { class: "shows", role: "group", "aria-label": "Which cases" }, ...this.showButtons.values())),
      this.filters,
      element("div", { class: "toolbar-line" }, this.count, element(
        "div", { class: "exports" }, button("CSV", exports.csv, { title: "Save the cases shown, one line per reply" }),
        button("JSONL", exports.jsonl, { title: "Save the cases shown, one case per line" }),
      )),
    );
  }

  // The many choices take a screen of their own on a phone: there they open when asked for.
  fold() {
    this.filters.open = !this.phone.matches;
  }

  // One arm alone gains nothing and disagrees with nobody.
  shows() {
    return this.about.arms.length > 1 ? SHOWS : ["all", "wrong"];
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed({ query: this.search.value }), TYPING_MS);
  }

  // Enter goes on to what was found, Escape to all cases: the keys of the grid are free again.
  pressed(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    clearTimeout(this.timer);
    if (event.key === "Escape") this.search.value = "";
    if (this.search.value !== this.state.query) this.changed({ query: this.search.value });
    this.search.blur();
    this.left();
  }

  // Shows the state; the search box is left alone while somebody types in it.
  show(state, counts) {
    if (document.activeElement !== this.search) this.search.value = state.query;
    for (const [show, made] of this.showButtons) {
      made.setAttribute("aria-pressed", String(state.show === show));
      made.setAttribute("aria-label", `${SHOW_WORDS[show]}: ${counted(counts[show], "case")}`);
      made.dataset.count = whole(counts[show]);
    }
    for (const { select, current } of this.selects) {
      select.value = current(state);
      select.parentElement.dataset.chosen = select.value !== current(firstState(this.about));
    }
    this.turn.textContent = state.down ? "↓" : "↑";
    this.turn.setAttribute("aria-label", state.down ? "descending; turn round" : "ascending; turn round");
    this.state = state;
  }

  choices() {
    const names = this.about.arms.map((arm) => [arm.name, arm.name]);
    const outcomes = this.about.outcomes.map((name) => [name, outcomeWord(name)]);
    const made = [];
    if (names.length > 1) made.push(this.select("Gained or lost by", "candidate", names), this.select("against", "reference", names));
    made.push(this.select("Outcome", "outcome", [["", "any"], ...outcomes]));
    if (names.length > 1) made.push(this.select("of", "outcomeArm", [["", "any arm"], ...names]));
    for (const [key, values] of this.about.tags) made.push(this.tagSelect(key, values));
    if (this.severalReplies) made.push(this.replicateSelect());
    made.push(element("div", { class: "pair" }, this.sortSelect(), this.turn));
    return made;
  }

  tagSelect(key, values) {
    const sorted = values.toSorted(new Intl.Collator("en", { numeric: true }).compare);
    return this.select(
      key, `tag-${key}`, [["", "any"], ...sorted.map((value) => [value, value])],
      (value) => ({ tags: { ...this.state.tags, [key]: value } }), (state) => state.tags[key] ?? "",
    );
  }

  replicateSelect() {
    const several = (index) => new Set(this.about.replicates.map((one) => one[index])).size > 1;
    const name = ([seed, trial]) => [several(0) ? `shot seed ${seed}` : "", several(1) ? `trial ${trial}` : ""].filter(Boolean).join(", ");
    const options = this.about.replicates.map((replicate, place) => [String(place), name(replicate) || "the first"]);
    return this.select("Replies", "replicate", [[String(ALL_REPLIES), "all (mean)"], ...options], (value) => ({ replicate: Number(value) }));
  }

  sortSelect() {
    const options = [["file", "file order"], ["id", "case id"]];
    for (const { name } of this.about.arms) {
      for (const kind of ARM_SORTS) options.push([`${kind}:${name}`, `${kind} of ${name}`]);
    }
    return this.select("Sort by", "sort", options);
  }

  // A choice that changes the part of the state with its name, unless told otherwise.
  select(label, name, options, change = (value) => ({ [name]: value }), current = (state) => String(state[name])) {
    const id = `choose-${name}`;
    const select = element("select", { id, onchange: () => this.changed(change(select.value)) }, ...options.map(([value, text]) => element("option", { value }, text)));
    this.selects.push({ select, current });
    return element("div", { class: "choice" }, element("label", { for: id }, label), select);
  }

  showCount(shown, searchable) {
    const { cases } = this.about;
    const progress = searchable < cases ? ` · searching: ${whole(searchable)} of ${whole(cases)} read so far` : "";
    this.count.textContent = (shown === cases ? counted(cases, "case") : `${whole(shown)} of ${counted(cases, "case")}`) + progress;
  }
}
