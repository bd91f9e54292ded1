// Sends the answer, and why it is that, without leaving the page. The server's answer is the page itself;
// the forms are taken from it, and the status line stays in place so that its new words are read out.
import { enliven } from "./behaviours.js";

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
      body: new URLSearchParams(new FormData(form, button)),
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(section.id);
    if (!answer.ok || !fresh) throw new Error(answer.status);
    for (const part of [".votes-form", ".votes-more"]) {
      section.querySelector(part).replaceWith(fresh.querySelector(part));
    }
    // The section itself is awake already.
    for (const field of section.querySelectorAll("[data-behaviour]")) enliven(field);
    status.textContent = fresh.querySelector("[role=status]").textContent || status.dataset.withdrawn;
  } catch (problem) {
    button.removeAttribute("aria-disabled");
    status.textContent = problem.message === "429" ? status.dataset.full : status.dataset.failed;
  }
  // What was sent may be gone with its form; then the answer it belongs to is the place to go on from.
  (document.getElementById(button.id) ?? section.querySelector("[aria-pressed=true]"))?.focus();
}
