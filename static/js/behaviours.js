// Finds every `data-behaviour` and hands its element to the module of that name.
const known = new Set([
  "accordion",
  "came-from",
  "colour",
  "contents",
  "copy",
  "copy-page",
  "found",
  "editor",
  "local-time",
  "outcome",
  "passkey",
  "preview",
  "reading",
  "recent",
  "sending",
  "shown",
  "stamp",
  "suggestions",
  "suggest",
  "tabs",
  "video",
  "votes",
  "where",
  "zoom",
]);

export function enliven(root) {
  for (const element of root.querySelectorAll("[data-behaviour]")) wake(element);
  if (root instanceof Element && root.dataset.behaviour) wake(root);
}

function wake(element) {
  for (const name of element.dataset.behaviour.split(/\s+/)) {
    if (known.has(name)) import(`./${name}.js`).then((module) => module.start(element));
  }
}
