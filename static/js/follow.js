// While a trip to Xero is open in another tab: asks whether anything has changed, and if so fetches
// this page again and puts its live parts in place of the old ones. On every page, because Connect can
// be pressed on any.
import { swapLive } from "./live.js";

const PAUSE = 3000;
const LONGEST_PAUSE = 20000; // somebody else may take days
let pause = PAUSE;
let version = null;
let timer = null;
let isAsking = false;
let wasFollowing = false;

// A tab in which Connect is pressed tells the others, whose pages were made before.
const tabs = new BroadcastChannel("connect");
const NOTICED = 1500; // by then the press has reached the site
tabs.addEventListener("message", () => setTimeout(refresh, NOTICED));
document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname.startsWith("/connect/")) tabs.postMessage("pressed");
});

function plan() {
  clearTimeout(timer);
  const isFollowing = Boolean(document.querySelector("[data-following]"));
  if (isFollowing && !document.hidden) timer = setTimeout(ask, pause);
  // The last look may have met the moment in which the session got its new cookie: one more tells for sure.
  else if (wasFollowing && !isFollowing) timer = setTimeout(refresh, PAUSE);
  wasFollowing = isFollowing;
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch("/connect/status", { headers: { Accept: "application/json" } });
    if (answer.ok) await compare((await answer.json()).version);
  } catch {
    // no network for a moment, or no page; the next round asks again
  }
  isAsking = false;
  plan();
}

async function refresh() {
  try {
    await swapLive();
  } catch {
    setTimeout(refresh, PAUSE);
    return;
  }
  plan();
}

// The first answer counts as news too: the trip may have ended before anybody asked.
async function compare(latest) {
  pause = latest === version ? Math.min(pause * 1.05, LONGEST_PAUSE) : PAUSE;
  if (latest !== version) await swapLive();
  version = latest;
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("[data-following]")) ask();
});

// A page out of the back-forward cache shows the past.
addEventListener("pageshow", (event) => {
  if (event.persisted) refresh();
});

plan();
