// Within a page of the vendor's own app guides are read and searched. Whatever else a press would do is done
// where the page around it cannot reach: forms open this guide by itself, and other links a tab of their own.
const PAGES = /^\/hc\/[a-z0-9-]+(\/(sections|articles)\/[^/]+(?<!\.md)|\/search)?$/;

export const isEmbedded = window.top !== window && PAGES.test(location.pathname);

if (isEmbedded) {
  // Before any other script hears of it.
  document.addEventListener("submit", openByItself, { capture: true });
  document.addEventListener("click", leaveTheFrame, { capture: true });
}

function openByItself(event) {
  if (event.target.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const place = event.target.closest("[id]")?.id ?? "";
  window.open(`${location.pathname}#${place}`, "_blank", "noopener");
}

function leaveTheFrame(event) {
  const link = event.target.closest("a[href]");
  if (!link) return;
  const staysHere = link.origin === location.origin && PAGES.test(link.pathname);
  if (staysHere) return;
  link.target = "_blank";
  link.relList.add("noopener");
}
