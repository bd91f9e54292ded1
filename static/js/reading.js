// Tells the site that a guide was opened: which one and which revision, and nothing about who reads. No cookie
// is sent, none is set, and nothing is kept here. The page may have come out of a cache, so that only it knows.
export function start(article) {
  const [arrival] = performance.getEntriesByType("navigation");
  // Who loads it again, goes back to it or comes back from Xero reads on.
  const readsOn = arrival?.type !== "navigate" || new URLSearchParams(location.search).has("attempt");
  if (readsOn) return;
  // A page that the browser fetches ahead is hidden until somebody looks at it.
  if (document.visibilityState === "visible") tell(article);
  else document.addEventListener("visibilitychange", () => tell(article), { once: true });
}

function tell(article) {
  const body = new URLSearchParams({ edition: article.dataset.edition });
  fetch("/hc/readings", { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
}
