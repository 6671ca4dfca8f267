// On paper: every table of numbers opened, and the first of the cases shown as a plain table.

import { element } from "./dom.js";
import { inputNodes } from "./rows.js";
import { marked, preview } from "./marks.js";
import { counted } from "./numbers.js";
import { outcomeChip, outcomeName } from "./outcomes.js";

const MOST = 200;
const PRINTED = 600;
const PAUSE_MS = 800;

export class Printing {
  constructor(grid, paper) {
    Object.assign(this, { grid, paper });
    this.ready = new Map();
    addEventListener("beforeprint", () => this.draw());
    addEventListener("afterprint", () => this.paper.replaceChildren());
  }

  // Unpacks what would be printed now, in a pause: once printing has begun nothing can be awaited.
  prepare() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.unpack(this.grid.shown), PAUSE_MS);
  }

  async unpack(shown) {
    const ready = new Map();
    for (const at of shown.subarray(0, MOST)) {
      ready.set(at, this.ready.get(at) ?? (await this.grid.texts.load(at)));
      if (this.grid.shown !== shown) return;
    }
    this.ready = ready;
  }

  draw() {
    const { about, shown } = this.grid;
    const rows = [...shown.subarray(0, MOST)].map((at) => this.ready.get(at) ?? this.grid.texts.at(at)).filter(Boolean);
    const names = ["Case", "Input", "Expected", ...about.arms.map((arm) => arm.name)];
    const count = shown.length > rows.length ? `The first ${rows.length} of ${counted(shown.length, "case")}.` : `${counted(shown.length, "case")}.`;
    this.paper.replaceChildren(
      element("p", {}, count),
      element("table", {}, element("thead", {}, element("tr", {}, ...names.map((name) => element("th", {}, marked(name))))),
        element("tbody", {}, ...rows.map((texts) => this.row(texts)))),
    );
  }

  row(texts) {
    const arms = this.grid.arms.map((arm, place) => {
      const code = this.grid.selection.views[place].outcome[texts.at];
      const [start] = arm.range(texts.at, this.grid.state.replicate);
      const reply = texts.arms[place][start - arm.starts[texts.at]];
      return element("td", {}, outcomeChip(outcomeName(this.grid.about.outcomes, code)), " ", marked(preview(reply?.text ?? "", PRINTED)));
    });
    return element("tr", {}, element("td", {}, marked(texts.id)), element("td", {}, ...inputNodes(texts.input)),
      element("td", {}, marked(preview(texts.expected, PRINTED))), ...arms);
  }
}

// Figures keep their numbers in closed details, which paper cannot open.
export function openDetailsOnPaper() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}
