// `/` leads to the field for searching, from wherever nothing is being typed.
const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

const fields = [...document.querySelectorAll(".search-field")];
for (const field of fields) field.setAttribute("aria-keyshortcuts", "/");
for (const hint of document.querySelectorAll(".search-key")) hint.hidden = false;

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  if (event.key !== "/" || !isPlain || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.(TYPED_INTO) || document.querySelector("dialog[open]")) return;
  const field = fields.find((each) => each.checkVisibility());
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
