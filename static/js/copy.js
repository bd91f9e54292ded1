// A button on every piece of code that copies it.
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
    '<span class="icon icon-copy" aria-hidden="true"></span><span class="visually-hidden" role="status">Copy</span>';
  const words = button.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.innerText.trimEnd());
    button.dataset.copied = "";
    button.firstChild.className = "icon icon-check";
    words.textContent = "Copied";
    setTimeout(() => {
      delete button.dataset.copied;
      button.firstChild.className = "icon icon-copy";
      words.textContent = "Copy";
    }, 2000);
  });
  box.append(code, button);
}
