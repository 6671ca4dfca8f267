// The dialog with everything about one case.

import { announce, button, element } from "./dom.js";
import { readable } from "./difference.js";
import { copyText } from "./exporting.js";
import { longText } from "./longtext.js";
import { marked } from "./marks.js";
import { armCard } from "./reply.js";

export class Detail {
  constructor(about, arms, texts, exporter, actions) {
    Object.assign(this, { about, arms, texts, exporter, actions });
    this.title = element("h2", { id: "detail-title", tabindex: -1, autofocus: true });
    this.place = element("span", { class: "quiet" });
    this.body = element("div", { class: "detail-body", tabindex: 0, role: "region", "aria-labelledby": "detail-title" });
    this.element = element(
      "dialog", { class: "detail", "aria-labelledby": "detail-title", onclose: () => this.actions.closed(), onkeydown: (event) => this.pressed(event), onclick: (event) => this.clicked(event) },
      element(
        "header", { class: "detail-head" }, element("div", { class: "detail-name" }, this.title, this.place),
        element(
          "div", { class: "detail-actions" },
          button("Previous", () => this.actions.step(-1), { "aria-keyshortcuts": "k ArrowLeft" }), button("Next", () => this.actions.step(1), { "aria-keyshortcuts": "j ArrowRight" }),
          button("Copy link", () => this.copyLink()), button("Copy JSON", () => this.exporter.copy(this.at)),
          button("Close", () => this.element.close(), { class: "close", "aria-keyshortcuts": "Escape" }),
        ),
      ),
      this.body,
    );
    document.body.append(this.element);
  }

  get isOpen() {
    return this.element.open;
  }

  // Shows a case; `place` says where it stands among those shown.
  async show(at, place, replicate) {
    this.at = at;
    this.title.replaceChildren(marked(this.texts.ids[at]));
    this.place.textContent = place;
    if (!this.element.open) this.element.showModal();
    const texts = await this.texts.loadAll(at);
    if (this.at !== at) return;
    this.body.replaceChildren(
      this.facts(at, texts),
      element("div", { class: "given" },
        element("section", { class: "card" }, element("h3", {}, "Input"), ...inputParts(texts.input)),
        element("section", { class: "card" }, element("h3", {}, "Expected"), longText(readable(texts.expected)))),
      element("div", { class: "arm-cards" }, ...this.about.arms.map((_, arm) => armCard(this.about, this.arms[arm], arm, texts, replicate))),
    );
    this.body.scrollTop = 0;
    this.element.dataset.case = texts.id;
    this.element.dataset.at = at;
  }

  facts(at, texts) {
    const facts = Object.entries(this.exporter.tags(at));
    if (texts.group !== null) facts.unshift(["group", texts.group]);
    return element("p", { class: "case-tags" }, ...facts.map(([name, value]) => element("span", { class: "tag" }, element("b", {}, marked(name)), " ", marked(value))));
  }

  async copyLink() {
    announce((await copyText(location.href)) ? "Copied the link." : "The browser does not let this page copy.");
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "ArrowRight") this.actions.step(1);
    else if (event.key === "k" || event.key === "ArrowLeft") this.actions.step(-1);
    else return;
    event.preventDefault();
  }

  clicked(event) {
    if (event.target === this.element) this.element.close();
  }
}

function inputParts(input) {
  if (input.length === 1) return [longText(readable(input[0][1]))];
  return input.map(([name, text]) => element("div", { class: "labelled" }, element("h4", {}, marked(name)), longText(readable(text))));
}
