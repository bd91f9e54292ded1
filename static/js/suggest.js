// Suggestions below the search field while somebody types, after the combobox pattern of the ARIA Authoring Practices:
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/. The focus stays in the field; without this it is a plain form.
import { tell } from "./telling.js";
import { say, locale } from "./words.js";

const PAUSE = 150;
const SETTLED = 3000; // whoever has not typed for so long has read what was offered
const SHORTEST = 2;

export function start(form) {
  new Suggestions(form);
}

class Suggestions {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector("[name=query]");
    this.list = form.appendChild(document.createElement("div"));
    this.status = form.appendChild(document.createElement("p"));
    this.kept = new Map();
    this.told = "";
    this.prepare();
    this.field.addEventListener("input", () => this.plan());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("blur", () => this.leave());
    this.form.addEventListener("submit", () => (this.told = this.words()));
    // A press of the mouse must not take the focus from the field before it becomes a click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.tellOpened(event.target.closest("a")));
    // Whoever typed before this script had arrived is answered as well.
    if (this.field.value !== this.field.defaultValue) this.plan();
  }

  prepare() {
    this.list.id = `${this.field.id}-list`;
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.status.className = "visually-hidden";
    set(this.list, { role: "listbox", "aria-label": say("suggested") });
    set(this.status, { role: "status" });
    // A field of the type “search” may not have this role.
    this.field.type = "text";
    set(this.field, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" });
    set(this.field, { "aria-controls": this.list.id, inputmode: "search" });
  }

  words() {
    return this.field.value.trim().replace(/\s+/g, " ");
  }

  plan() {
    this.choose(null);
    clearTimeout(this.waiting);
    clearTimeout(this.settling);
    this.waiting = setTimeout(() => this.ask(), PAUSE);
    this.settling = setTimeout(() => this.tellTyped(), SETTLED);
  }

  async ask() {
    const words = this.words();
    if (words.length < SHORTEST) return this.close();
    try {
      if (!this.kept.has(words)) this.kept.set(words, await fetchSuggestions(words));
    } catch {
      return this.close(); // Enter still leads to the page of results
    }
    // Answers may come in another order than they were asked for, and no list is changed in which one is chosen.
    const isAwaited = words === this.words() && document.activeElement === this.field && !this.chosen;
    if (isAwaited) this.show(this.kept.get(words));
  }

  show(results) {
    this.list.replaceChildren(...results.map((result, number) => this.option(result, number)));
    this.choose(null);
    this.list.hidden = results.length === 0;
    this.field.setAttribute("aria-expanded", String(results.length > 0));
    this.status.textContent = say(["none", "one"][results.length] ?? "several", results.length);
  }

  option(result, number) {
    const option = document.createElement("a");
    option.href = result.href;
    option.id = `${this.list.id}-${number}`;
    option.className = "suggestion";
    option.dataset.article = result.id;
    option.dataset.place = number + 1;
    set(option, { role: "option", tabindex: "-1", "aria-selected": "false" });
    option.append(part("suggestion-title", result.title, result.lang), " ", part("suggestion-about", result.about));
    return option;
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && !this.list.hidden) this.close();
    else if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else if (event.key === "Enter" && this.chosen) this.chosen.click();
    else return;
    event.preventDefault();
  }

  // Beyond either end the reader is back in the field, with nothing chosen.
  move(by) {
    if (this.list.hidden) return void this.ask();
    const options = [...this.list.children];
    const stops = [null, ...options];
    const place = stops.indexOf(this.chosen ?? null) + by;
    this.choose(stops[(place + stops.length) % stops.length]);
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  close() {
    this.choose(null);
    this.list.hidden = true;
    this.status.textContent = "";
    this.field.setAttribute("aria-expanded", "false");
  }

  leave() {
    this.close();
    this.tellTyped();
  }

  // Once for what the reader stopped at, not for each key on the way there.
  tellTyped() {
    clearTimeout(this.settling);
    const words = this.words();
    if (words.length < SHORTEST || words === this.told || !this.kept.has(words)) return;
    this.told = words;
    tell(words, "field");
  }

  tellOpened(option) {
    if (!option) return;
    const words = this.words();
    tell(words, words === this.told ? "page" : "field", option);
    this.told = words;
  }
}

async function fetchSuggestions(words) {
  const answer = await fetch(`/hc/search/suggest?${new URLSearchParams({ query: words, locale: locale() })}`);
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).results;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function part(name, words, lang) {
  const element = document.createElement("span");
  if (lang) set(element, { lang, dir: "auto" });
  element.className = name;
  element.textContent = words;
  return element;
}
