// Fetches this page again and replaces its live parts, keeping the focus where it was. Throws when
// the page cannot be had, so that whoever follows tries again.
import { enliven } from "./behaviours.js";
import { isEmbedded } from "./embedded.js";

// What scripts have done to a part since it came, such as to play a video in it, does not make it another.
const asItCame = new WeakMap();
for (const part of liveParts(document).values()) asItCame.set(part, part.outerHTML);

export async function swapLive() {
  const answer = await fetch(location.pathname, {
    headers: { Accept: "text/html" },
    // Within the page of another everybody stays a stranger.
    credentials: isEmbedded ? "omit" : "same-origin",
  });
  if (!answer.ok) throw new Error(`the page answered with ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const replacements = liveParts(fresh);
  for (const [key, old] of liveParts(document)) {
    const replacement = replacements.get(key);
    const before = asItCame.get(old) ?? old.outerHTML;
    if (replacement && replacement.outerHTML !== before) replace(old, replacement);
  }
}

// Several parts may share a key (two steps with the same check), so their order counts as well;
// a part inside another is replaced together with it.
function liveParts(page) {
  const parts = new Map();
  const seen = new Map();
  for (const element of page.querySelectorAll("[data-live]")) {
    if (element.parentElement.closest("[data-live]")) continue;
    const count = seen.get(element.dataset.live) ?? 0;
    seen.set(element.dataset.live, count + 1);
    parts.set(`${element.dataset.live} ${count}`, element);
  }
  return parts;
}

function replace(old, replacement) {
  const hadFocus = old.contains(document.activeElement);
  const focused = document.activeElement.id;
  asItCame.set(replacement, replacement.outerHTML);
  old.replaceWith(replacement);
  for (const box of replacement.querySelectorAll("[data-behaviour=outcome]")) {
    delete box.dataset.behaviour;
  }
  enliven(replacement);
  if (!hadFocus) return;
  const place = (focused && document.getElementById(focused)) || replacement;
  if (place === replacement) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}
