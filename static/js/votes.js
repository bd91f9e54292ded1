// Sends the answer without leaving the page. The server's answer is the page itself; the form is
// taken from it, and the status line stays in place so that its new words are read out.
export function start(section) {
  section.addEventListener("submit", (event) => {
    event.preventDefault();
    send(section, event.target, event.submitter);
  });
}

async function send(section, form, button) {
  const status = section.querySelector("[role=status]");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "text/html" },
      body: new URLSearchParams({ [button.name]: button.value }),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(section.id);
    if (!answer.ok || !fresh) throw new Error(answer.statusText);
    form.replaceWith(fresh.querySelector("form"));
    status.textContent = fresh.querySelector("[role=status]").textContent || status.dataset.withdrawn;
  } catch {
    button.removeAttribute("aria-disabled");
    status.textContent = status.dataset.failed;
  }
  document.getElementById(button.id).focus();
}
