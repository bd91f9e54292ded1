// `/` leads to the field for searching, from wherever nothing is being typed, unless it was switched off.
const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
const NAME = "search-key";

const fields = [...document.querySelectorAll(".search-field")];
const choices = document.querySelectorAll("[data-search-key]");
let isOn = remembered();

show();
for (const choice of choices) {
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => {
    isOn = choice.checked;
    remember();
    show();
  });
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  if (!isOn || event.key !== "/" || !isPlain || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.(TYPED_INTO) || document.querySelector("dialog[open]")) return;
  const field = fields.find((each) => each.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});

function show() {
  for (const field of fields) {
    if (isOn) field.setAttribute("aria-keyshortcuts", "/");
    else field.removeAttribute("aria-keyshortcuts");
  }
  for (const hint of document.querySelectorAll(".search-key")) hint.hidden = !isOn;
  for (const choice of choices) choice.checked = isOn;
}

function remembered() {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true; // storage may be switched off
  }
}

function remember() {
  try {
    if (isOn) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, "off");
  } catch {
    // the choice then lasts for this page only
  }
}
