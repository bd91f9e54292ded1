// A picker beside each field of a colour; the field stays what is sent, and may be empty, which a picker cannot be.
const WHOLE = /^#[0-9a-f]{6}$/i;

export function start(form) {
  for (const name of ["light", "dark"]) addPicker(form.elements[name], form.dataset.pick);
}

function addPicker(field, words) {
  const picker = document.createElement("input");
  picker.type = "color";
  picker.setAttribute("aria-label", `${words}: ${field.labels[0].textContent}`);
  const follow = () => {
    if (WHOLE.test(field.value)) picker.value = field.value;
    else if (!field.value) picker.value = worn(field.name);
  };
  follow();
  field.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    field.value = picker.value;
  });
  field.after(picker);
}

// The colour of the sample, which an empty field leaves as it is.
function worn(theme) {
  const button = document.querySelector(`.look-sample[data-theme="${theme}"] .button-primary`);
  const parts = getComputedStyle(button).backgroundColor.match(/\d+/g).slice(0, 3);
  return `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}
