// Fetches this page again and replaces its live parts, keeping the focus where it was, what somebody is
// typing, and what a button told. Throws when the page cannot be had, so that whoever follows tries again.
import { enliven } from "./behaviours.js";
import { isEmbedded } from "./embedded.js";
import { keepBegun, successor } from "./begun.js";

// What scripts have done to a part since it came, such as to play a video in it, does not make it another.
const asItCame = new WeakMap();
for (const part of liveParts(document).values()) asItCame.set(part, part.outerHTML);

export async function swapLive() {
  // With its query: the outcome of an attempt belongs to the address.
  const answer = await fetch(location.pathname + location.search, {
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
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  asItCame.set(replacement, replacement.outerHTML);
  const told = keepTold(old, replacement);
  for (const box of replacement.querySelectorAll("[data-behaviour=outcome]")) {
    delete box.dataset.behaviour;
  }
  old.replaceWith(replacement);
  keepBegun(old, replacement);
  enliven(replacement);
  if (!focused) return;
  const place = told?.contains(focused) ? focused : (successor(focused, replacement) ?? replacement);
  if (place === replacement) place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

// What a button did is told once, to the page of its press, and holds until the reader's connections change.
// What became of an attempt is in the address, and comes again for as long as it holds.
function keepTold(old, replacement) {
  if (new URLSearchParams(location.search).has("attempt")) return null;
  const before = old.querySelector("[data-told]");
  const after = replacement.querySelector("[data-told]");
  const outcome = before?.querySelector("#outcome");
  if (!outcome || !after || after.querySelector("#outcome")) return null;
  if (before.dataset.told !== after.dataset.told) return null;
  after.replaceChildren(outcome);
  return outcome;
}
