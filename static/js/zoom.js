// A picture that is shown smaller than it is opens over the page; Escape or a click closes it.
import { say } from "./words.js";

export function start(prose) {
  for (const picture of prose.querySelectorAll(".frame-picture img")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "frame-open";
    picture.replaceWith(button);
    button.append(picture);
    button.setAttribute("aria-label", say("enlarge", picture.alt));
    button.addEventListener("click", () => show(picture));
  }
}

function show(small) {
  const dialog = document.createElement("dialog");
  const close = document.createElement("button");
  const picture = document.createElement("img");
  dialog.className = "zoom";
  dialog.setAttribute("aria-label", small.alt);
  close.type = "button";
  close.setAttribute("aria-label", say("close"));
  picture.src = small.src;
  picture.alt = small.alt;
  close.append(picture);
  dialog.append(close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
