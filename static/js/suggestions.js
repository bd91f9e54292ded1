// Offers guides while somebody types what their request is about. They open in a new tab, so that
// nothing that was typed is lost; without this the same guides are offered after sending.
import { locale, say } from "./words.js";

const PAUSE = 500;
const SHORTEST = 3;
const MOST = 4;
const answers = new Map();

export function start(box) {
  const field = document.getElementById(box.dataset.field);
  let timer = null;

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(box, field), PAUSE);
  });
  if (field.value) offer(box, field);
}

async function offer(box, field) {
  const words = field.value.trim().toLowerCase();
  const found = words.length < SHORTEST ? [] : await ask(words);
  if (field.value.trim().toLowerCase() !== words) return; // typed on meanwhile
  box.querySelector("ul").replaceChildren(...found.slice(0, MOST).map(row));
  box.hidden = found.length === 0;
}

async function ask(words) {
  if (!answers.has(words)) {
    try {
      const answer = await fetch(`/hc/search/suggest?${new URLSearchParams({ query: words, locale: locale() })}`);
      answers.set(words, answer.ok ? (await answer.json()).results : []);
    } catch {
      return []; // no network for a moment; the next word asks again
    }
  }
  return answers.get(words);
}

function row({ title, href }) {
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = title;
  const note = document.createElement("span");
  note.className = "visually-hidden";
  note.textContent = ` ${say("newTab")}`;
  link.append(note);
  const item = document.createElement("li");
  item.append(link);
  return item;
}
