// A picture that is a link to itself opens over the page instead; Escape or a click closes it.
export function start(prose) {
  prose.addEventListener("click", (event) => {
    const link = event.target.closest(".frame-picture a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });
}

function show(link) {
  const dialog = document.createElement("dialog");
  const button = document.createElement("button");
  const picture = document.createElement("img");
  const small = link.querySelector("img");
  dialog.className = "zoom";
  button.type = "button";
  button.setAttribute("aria-label", "Close the picture");
  picture.src = link.href;
  picture.alt = small.alt;
  button.append(picture);
  dialog.append(button);
  button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
