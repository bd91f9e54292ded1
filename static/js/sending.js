// Sends the files of a form with a bar that shows how far it is. The server's answer is the page itself, and
// is shown as if the browser had gone there; when none comes, everything that was typed and chosen is still here.
import { enliven } from "./behaviours.js";

let shownPath = location.pathname;

export function start(field) {
  const form = field.closest("form");
  const files = field.querySelector("[type=file]");
  form.addEventListener("submit", (event) => {
    if (!files.files.length) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    const wrong = whatIsWrong(files);
    if (wrong) {
      say(field, wrong);
      files.focus();
    } else {
      send(form, event.submitter, field);
    }
  });
}

function whatIsWrong({ files, dataset }) {
  const chosen = Array.from(files);
  const tooLarge = chosen.find((file) => file.size > dataset.most);
  if (tooLarge) return dataset.tooLarge.replace("{name}", tooLarge.name);
  const together = chosen.reduce((sum, file) => sum + file.size, 0);
  return together > dataset.mostInAll ? dataset.tooMuch : "";
}

function send(form, button, field) {
  const asked = new XMLHttpRequest();
  asked.open("POST", form.action);
  asked.setRequestHeader("Accept", "text/html");
  asked.upload.addEventListener("progress", (event) => {
    field.querySelector("progress").value = event.loaded / event.total;
  });
  asked.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(asked.responseText, "text/html");
    const isOurs = asked.status < 400 || page.querySelector("form [data-behaviour~=sending]");
    const again = page.querySelector("[data-behaviour~=sending]:not(.field-wrong) [type=file]");
    // A form may not come with files in it, but its script may keep those that were chosen.
    if (again && asked.status >= 400) again.files = field.querySelector("[type=file]").files;
    if (isOurs && page.querySelector("main")) show(page, asked.responseURL, asked.status < 400);
    else stop(form, button, field, page.querySelector("h1")?.textContent);
  });
  for (const end of ["error", "abort", "timeout"]) {
    asked.addEventListener(end, () => stop(form, button, field));
  }
  form.ariaBusy = "true";
  button?.setAttribute("aria-disabled", "true");
  field.querySelector("progress").hidden = false;
  say(field, field.querySelector("[role=status]").dataset.sending);
  asked.send(new FormData(form, button));
}

function show(page, address, isNew) {
  const main = page.querySelector("main");
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  if (isNew) history.pushState(null, "", address);
  shownPath = location.pathname;
  enliven(main);
  const place = main.querySelector("[aria-invalid=true], .field-wrong input, [role=alert], [role=status], h1");
  if (!place.matches("input, textarea")) place.tabIndex = -1;
  place.focus();
}

function stop(form, button, field, why) {
  form.ariaBusy = "false";
  button?.removeAttribute("aria-disabled");
  field.querySelector("progress").hidden = true;
  const words = field.querySelector("[role=status]").dataset.failed;
  say(field, why ? `${why.trim()}. ${words}` : words);
}

function say(field, words) {
  field.querySelector("[role=status]").textContent = words;
}

// A page that was put in place of another is not in the browser's memory: Back fetches what was there before.
addEventListener("popstate", () => {
  if (location.pathname !== shownPath) location.reload();
});
