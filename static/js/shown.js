// Tells the site once for each page that a button was shown which leads to Xero: which guide and which
// revision, and nothing about who reads. No cookie is sent, none is set, and nothing is kept here.
let isTold = false;

export function start(card) {
  if (document.visibilityState === "visible") tell(card);
  else document.addEventListener("visibilitychange", () => tell(card), { once: true });
}

function tell(card) {
  const leadsToXero = card.querySelector('[action="/connect/xero"], [action$="/reconnect"]');
  // Whoever comes back from Xero has been counted when they left.
  if (isTold || !leadsToXero || new URLSearchParams(location.search).has("attempt")) return;
  isTold = true;
  const body = new URLSearchParams({ edition: card.dataset.edition });
  fetch("/connect/shown", { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
}
