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
  };
  follow();
  field.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    field.value = picker.value;
  });
  field.after(picker);
}
