// While a trip to Xero is open in another tab: asks whether anything has changed, and if so fetches
// this page again and puts its live parts in place of the old ones.
import { swapLive } from "./live.js";

const PAUSE = 3000;
let version = null;
let timer = null;
let isAsking = false;

export function start() {
  plan();
}

function plan() {
  clearTimeout(timer);
  if (document.querySelector("[data-following]") && !document.hidden) timer = setTimeout(ask, PAUSE);
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch("/connect/status", { headers: { Accept: "application/json" } });
    if (answer.ok) await compare((await answer.json()).version);
  } catch {
    // no network for a moment; the next round asks again
  }
  isAsking = false;
  plan();
}

// The first answer counts as news too: the trip may have ended before anybody asked.
async function compare(latest) {
  if (latest !== version) await swapLive();
  version = latest;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("[data-following]")) ask();
});

// A page out of the back-forward cache shows the past.
addEventListener("pageshow", (event) => {
  if (event.persisted) swapLive().then(plan);
});
