// A second press of a button that has already sent its form does nothing.
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  // What is shown in a frame leaves this page as it is.
  if ((form.target && form.target !== "_top") || event.submitter?.hasAttribute("formtarget")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Coming back with the Back button brings the page as it was left; its buttons must work again.
addEventListener("pageshow", () => {
  for (const form of sent) form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  sent.clear();
});
