// After the trip to Xero, or to a form, the reader begins at what became of it. Only on arrival: what
// appears while somebody reads is announced by its role and must not move them (see live.js).
export function start(box) {
  // In the editor's preview nobody arrives, and its author goes on typing beside it.
  if (parent !== window) return;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "center", behavior: "instant" });
}
