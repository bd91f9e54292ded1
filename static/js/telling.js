// Tells the site what was looked for and which guide was opened, and nothing about who reads: no cookie is sent or set.
import { locale } from "./words.js";

export function tell(query, from, link) {
  const body = new URLSearchParams({ query, from, locale: locale() });
  if (link) {
    body.set("article", link.dataset.article);
    body.set("place", link.dataset.place);
  }
  fetch("/hc/search/told", { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
}
