// After the trip to Xero, or to a form, the reader begins at what became of it. Only on arrival: what
// appears while somebody reads is announced by its role and must not move them (see live.js).
export function start(box) {
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", behavior: "instant" });
}
