// The case grid as a whole: reads the data, and passes choices from the controls to the rows.

import { ArmColumns } from "./columns.js";
import { Detail } from "./detail.js";
import { button, element } from "./dom.js";
import { Exporter } from "./exporting.js";
import { Grid } from "./grid.js";
import { marked, preview } from "./marks.js";
import { whole } from "./numbers.js";
import { readGrid } from "./parts.js";
import { Printing } from "./printing.js";
import { Selection } from "./selection.js";
import { firstState, readHash, stateHash } from "./state.js";
import { Texts } from "./texts.js";
import { Toolbar } from "./toolbar.js";

const AGAIN_MS = 500;
const TYPED_IN = "input, select, textarea";
const ANSWERS_ENTER = "a, button, summary";
const GRID_KEYS = new Set(["j", "k", "ArrowDown", "ArrowUp", "Enter"]);

export async function startCases(root, paper) {
  const { about, columns, ids } = await readGrid();
  const cases = new Cases(about, columns, ids, root, paper);
  await cases.start();
}

class Cases {
  constructor(about, columns, ids, root, paper) {
    this.about = about;
    this.arms = about.arms.map((_, place) => new ArmColumns(place, about.cases, columns));
    this.texts = new Texts(about, ids);
    this.selection = new Selection(about, columns, this.arms, this.texts);
    const exporter = new Exporter(about, columns, this.arms, this.texts);
    const actions = { sort: (sort) => this.sort(sort), open: (at) => this.open(at), closed: () => this.closed(), step: (by) => this.step(by) };
    this.grid = new Grid(about, this.arms, this.texts, this.selection, actions);
    this.detail = new Detail(about, this.arms, this.texts, exporter, actions);
    const several = this.arms.some((arm) => arm.most > 1);
    this.toolbar = new Toolbar(about, several, (change) => this.change(change), () => this.goToGrid(), {
      csv: () => exporter.csv(this.grid.shown), jsonl: () => exporter.jsonl(this.grid.shown),
    });
    this.none = element("div", { class: "none", hidden: true }, element("p", {}, "No case matches."), button("Reset filters", () => this.change(firstState(about))));
    this.unknown = element("p", { class: "unknown", role: "status", hidden: true });
    this.printing = new Printing(this.grid, paper);
    this.root = root;
    this.searchedAt = 0;
  }

  async start() {
    this.state = readHash(location.hash, this.about);
    this.root.replaceChildren(this.toolbar.element, this.unknown, this.grid.element, this.none);
    this.grid.start();
    await this.texts.load(0);
    this.apply();
    this.openFromState();
    addEventListener("hashchange", () => this.followHash());
    addEventListener("popstate", () => this.followHash());
    addEventListener("keydown", (event) => this.pressed(event));
    told("grid");
    await this.texts.makeSearchable(() => this.searchedMore());
    told("search");
  }

  change(change) {
    this.state = { ...this.state, ...change };
    this.remember("replaceState");
    this.apply();
  }

  // The grid and the controls as the state has them; `again`: more of the same is searchable now.
  apply(again = false) {
    const shown = this.selection.shown(this.state);
    this.none.hidden = shown.length > 0;
    this.grid.element.hidden = shown.length === 0;
    this.grid.show(shown, this.state, again);
    this.toolbar.show(this.state, this.selection.counts(this.state));
    this.toolbar.showCount(shown.length, this.state.query ? this.texts.searchable : this.about.cases);
    this.printing.prepare();
  }

  // Looks again every now and then while more texts become searchable, and when all are.
  searchedMore() {
    const now = performance.now();
    const finished = this.texts.searchable === this.about.cases;
    if (!this.state.query || (!finished && now - this.searchedAt < AGAIN_MS)) return;
    this.searchedAt = now;
    this.apply(true);
  }

  sort(sort) {
    this.change(this.state.sort === sort ? { down: !this.state.down } : { sort, down: false });
  }

  remember(how) {
    history[how](null, "", stateHash(this.state, this.about) || location.pathname + location.search);
  }

  followHash() {
    const state = readHash(location.hash, this.about);
    if (stateHash(state, this.about) === stateHash(this.state, this.about)) return;
    this.state = state;
    this.apply();
    if (state.open) this.openFromState();
    else if (this.detail.isOpen) this.detail.element.close();
  }

  openFromState() {
    if (!this.state.open) return;
    const at = this.texts.ids.indexOf(this.state.open);
    if (at >= 0) this.showDetail(at);
    else this.tellUnknown();
  }

  // An address may be that of a case of another page, or of this one before it was made again.
  tellUnknown() {
    this.unknown.replaceChildren("There is no case ", element("b", {}, marked(preview(this.state.open, 80))), " on this page.");
    this.unknown.hidden = false;
    this.unknown.scrollIntoView({ block: "center" });
    this.state = { ...this.state, open: "" };
    this.remember("replaceState");
  }

  open(at) {
    const how = this.state.open ? "replaceState" : "pushState";
    this.state = { ...this.state, open: this.texts.ids[at] };
    this.remember(how);
    this.showDetail(at);
  }

  showDetail(at) {
    this.unknown.hidden = true;
    const place = this.grid.shown.indexOf(at);
    if (place >= 0) this.grid.move(place);
    const words = place < 0 ? "not among the cases shown" : `${whole(place + 1)} of ${whole(this.grid.shown.length)}`;
    this.detail.show(at, words, this.state.replicate);
  }

  closed() {
    if (this.state.open) {
      this.state = { ...this.state, open: "" };
      this.remember("replaceState");
    }
    this.grid.element.focus({ preventScroll: true });
  }

  step(by) {
    const next = this.grid.shown[this.grid.active + by];
    if (next !== undefined) this.open(next);
  }

  // Keys that are pressed anywhere on the page; those in the grid have been answered before.
  pressed(event) {
    if (event.defaultPrevented || this.detail.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPED_IN)) return;
    if (event.key === "/") this.toolbar.search.focus();
    else if (GRID_KEYS.has(event.key) && this.grid.shown.length && !this.leftAlone(event)) this.goToGrid();
    else return;
    event.preventDefault();
  }

  // Enter belongs to what it is pressed on, and arrows scroll the report until the cases are seen.
  leftAlone({ key, target }) {
    if (key === "Enter") return Boolean(target.closest?.(ANSWERS_ENTER));
    return key.startsWith("Arrow") && this.grid.element.getBoundingClientRect().top > innerHeight;
  }

  goToGrid() {
    this.grid.element.focus({ preventScroll: true });
    this.grid.element.scrollIntoView({ block: "nearest" });
    this.grid.move(this.grid.active);
  }
}

// Lets whoever measures or tests the page know: what can be used from now on, and since when.
function told(what) {
  performance.mark(`${what} ready`);
  document.documentElement.dataset[what] = "ready";
}
