// The rows on screen out of all that are shown: virtual scrolling, the active row, the keyboard.

import VirtualCore from "../vendor/virtual-core.js";
import { button, element } from "./dom.js";
import { marked } from "./marks.js";
import { rowElement } from "./rows.js";

const OVERSCAN = 8;
export const PHONE = "(max-width: 720px)";

export class Grid {
  constructor(about, arms, texts, selection, actions) {
    Object.assign(this, { about, arms, texts, selection, actions });
    this.state = undefined;
    this.shown = new Uint32Array();
    this.active = 0;
    this.rows = new Map();
    this.head = element("div", { role: "row", class: "row row-head", "aria-rowindex": 1 });
    this.body = element("div", { role: "rowgroup", class: "rows" });
    this.element = element(
      "div",
      {
        role: "grid", class: "grid", tabindex: 0, "aria-label": "Cases, one per row, with the reply of every arm",
        "aria-colcount": 3 + arms.length, onkeydown: (event) => this.pressed(event), onclick: (event) => this.clicked(event),
      },
      element("div", { role: "rowgroup", class: "head" }, this.head),
      this.body,
    );
    this.element.style.setProperty("--arms", arms.length);
    this.phone = matchMedia(PHONE);
    this.phone.addEventListener("change", () => this.measure());
  }

  // Begins to draw; the element must stand in the page.
  start() {
    this.virtualizer = new VirtualCore.Virtualizer(this.options());
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  options() {
    this.rowHeight = this.phone.matches ? 116 + 58 * this.arms.length : 106;
    return {
      count: this.shown.length, overscan: OVERSCAN, estimateSize: () => this.rowHeight,
      getScrollElement: () => this.element, scrollPaddingStart: this.head.offsetHeight,
      scrollToFn: VirtualCore.elementScroll, onChange: () => this.draw(),
      observeElementRect: VirtualCore.observeElementRect, observeElementOffset: VirtualCore.observeElementOffset,
    };
  }

  measure() {
    this.virtualizer.setOptions(this.options());
    this.element.style.setProperty("--row-height", `${this.rowHeight}px`);
    this.element.style.setProperty("--needed", `${this.needed()}px`);
    this.rows.clear();
    this.body.replaceChildren();
    this.virtualizer.measure();
    this.draw();
  }

  // The height that shows all rows: with the head, the frame and a scroll bar below.
  needed() {
    const frame = this.element.offsetHeight - this.element.clientHeight;
    return this.shown.length * this.rowHeight + this.head.parentElement.offsetHeight + frame;
  }

  // Shows other cases, or the same in another order or with another replicate.
  show(shown, state, again) {
    this.shown = shown;
    this.state = state;
    this.element.setAttribute("aria-rowcount", shown.length + 1);
    this.active = again ? Math.max(0, Math.min(this.active, shown.length - 1)) : 0;
    if (!again) {
      this.element.scrollTop = 0;
      this.virtualizer.scrollOffset = 0; // the event that would tell it comes too late
    }
    this.drawHead();
    this.measure();
  }

  draw() {
    const items = this.virtualizer.getVirtualItems();
    const wanted = new Set(items.map((item) => item.index));
    for (const [place, row] of this.rows) {
      if (!wanted.has(place)) {
        row.remove();
        this.rows.delete(place);
      }
    }
    this.body.style.height = `${this.virtualizer.getTotalSize()}px`;
    for (const { index, start } of items) {
      if (index >= this.shown.length) continue;
      if (!this.rows.has(index)) this.addRow(index, start);
    }
    this.markActive();
  }

  addRow(place, start) {
    const row = rowElement(this, this.shown[place], place);
    row.dataset.place = place;
    row.style.transform = `translateY(${start}px)`;
    this.rows.set(place, row);
    this.body.append(row);
  }

  drawHead() {
    const names = [["id", "Case"], ["input", "Input"], ["expected", "Expected"]];
    const arms = this.about.arms.map(({ name, kind }) => this.headCell("arm", `score:${name}`, marked(name), kind.replaceAll("_", "-")));
    this.head.replaceChildren(
      ...names.map(([name, text]) => this.headCell(name, name === "id" ? "id" : "", text)), ...arms,
    );
  }

  headCell(name, sort, label, note) {
    const { sort: current, down } = this.state;
    const sorted = sort && (current === sort || (name === "arm" && current.split(":").slice(1).join(":") === sort.slice(6)));
    const direction = sorted ? (down ? "descending" : "ascending") : "none";
    const content = sort ? button(label, () => this.actions.sort(sorted ? current : sort), { class: "sort" }) : element("span", {}, label);
    if (sorted) content.append(element("span", { class: "arrow", "aria-hidden": "true" }, down ? " ↓" : " ↑"));
    const made = element("div", { role: "columnheader", class: `cell cell-${name}`, "aria-sort": sort ? direction : null }, content);
    if (note) made.append(element("span", { class: "kind" }, sorted && name === "arm" ? `by ${current.split(":")[0]}` : note));
    return made;
  }

  markActive() {
    for (const [place, row] of this.rows) row.classList.toggle("active", place === this.active);
    const row = this.rows.get(this.active);
    if (row) this.element.setAttribute("aria-activedescendant", row.id);
    else this.element.removeAttribute("aria-activedescendant");
  }

  move(place) {
    if (!this.shown.length) return;
    this.active = Math.max(0, Math.min(place, this.shown.length - 1));
    this.virtualizer.scrollToIndex(this.active, { align: "auto" });
    this.markActive();
  }

  pressed(event) {
    if (event.target !== this.element || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((this.element.clientHeight - this.head.offsetHeight) / this.rowHeight));
    const moves = {
      ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity,
    };
    if (event.key in moves) this.move(this.active + moves[event.key]);
    else if (event.key === "Enter" && this.shown.length) this.actions.open(this.shown[this.active]);
    else return;
    event.preventDefault();
  }

  clicked(event) {
    const row = event.target.closest(".rows > .row");
    if (!row || getSelection().toString()) return;
    this.move(Number(row.dataset.place));
    this.actions.open(this.shown[this.active]);
  }
}
