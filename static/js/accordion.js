// Opens the folded part that an address points into, and unfolds everything for the printer.
export function start(prose) {
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !prose.contains(target)) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
      fold.open = true;
    }
    target.scrollIntoView();
  };
  let unfolded = [];

  if (location.hash) open();
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => {
    unfolded = [...prose.querySelectorAll("details:not([open])")];
    for (const fold of unfolded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });
}
