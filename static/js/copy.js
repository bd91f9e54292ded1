// A button on every piece of code that copies it.
import { say } from "./words.js";

export function start(prose) {
  if (!navigator.clipboard) return;
  for (const code of prose.querySelectorAll("pre")) addButton(code);
}

function addButton(code) {
  const box = document.createElement("div");
  box.className = "code";
  code.replaceWith(box);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.innerHTML =
    '<span class="icon icon-copy" aria-hidden="true"></span><span class="visually-hidden" role="status"></span>';
  const words = button.querySelector("[role=status]");
  words.textContent = say("copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.innerText.trimEnd());
    button.dataset.copied = "";
    button.firstChild.className = "icon icon-check";
    words.textContent = say("copied");
    setTimeout(() => {
      delete button.dataset.copied;
      button.firstChild.className = "icon icon-copy";
      words.textContent = say("copy");
    }, 2000);
  });
  box.append(code, button);
}
