// After the trip to Xero the reader begins at what became of it. Only on arrival: a message that
// appears while somebody reads is announced by its role and must not move them.
const arrived = new URLSearchParams(location.search).has("attempt");
let isFirst = arrived;

export function start(box) {
  if (!isFirst) return;
  isFirst = false;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", behavior: "instant" });
}
