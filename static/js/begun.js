// What somebody has unfolded, typed or chosen, and not sent yet, when a part of the page gives way to another.

export function keepBegun(old, replacement) {
  for (const folded of old.querySelectorAll("details[open]")) {
    const next = successor(folded, replacement);
    if (next) next.open = true;
  }
  for (const field of old.querySelectorAll("input, select, textarea")) {
    const next = isChanged(field) && successor(field, replacement);
    if (next && isTicked(field)) next.checked = field.checked;
    else if (next) next.value = field.value;
  }
}

// The same field, button or link in the part that takes the place of its own.
export function successor(element, part) {
  const name = nameOf(element);
  return [...part.querySelectorAll(element.localName)].find((other) => nameOf(other) === name);
}

function nameOf(element) {
  if (element.id) return element.id;
  const isFilledIn = element.matches("input, select, textarea") && !isTicked(element);
  const words = element.querySelector("summary") ?? element;
  const says = isFilledIn ? "" : (element.getAttribute("value") ?? words.textContent.trim());
  return [element.form?.getAttribute("action"), element.getAttribute("name"), says].join(" ");
}

function isChanged(field) {
  if (isTicked(field)) return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return field.value !== field.defaultValue;
  return [...field.options].some((each) => each.selected !== each.defaultSelected);
}

function isTicked(field) {
  return field.type === "radio" || field.type === "checkbox";
}
