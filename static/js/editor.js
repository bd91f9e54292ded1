// Improves the editor's form: shortcuts, a menu of components, pictures by paste and drag, a preview
// that follows what is typed, and a copy of it kept for its author. The form works without any of it.
import { followPictures } from "./editor-pictures.js";
import { goToLine, insertBlock, wrap } from "./editor-text.js";

const PREVIEW_PAUSE = 500;
const KEEP_PAUSE = 2000;

export function start(editor) {
  const form = editor.querySelector("#editor-form");
  const text = form.elements.body;
  editor.querySelector("[data-tools]").hidden = false;
  followButtons(editor, text);
  followKeys(editor, form, text);
  followPictures(editor, text);
  followTyping(editor, form);
  for (const link of editor.querySelectorAll("[data-line]")) {
    if (link.dataset.line) link.addEventListener("click", () => goToLine(text, Number(link.dataset.line)));
  }
}

function followButtons(editor, text) {
  const menu = editor.querySelector("[data-insert]");
  for (const button of editor.querySelectorAll("[data-wrap]")) {
    button.addEventListener("click", () => wrap(text, button.dataset.wrap));
  }
  editor.querySelector("[data-link]").addEventListener("click", () => link(text));
  // Not when the menu changes: with the arrow keys it changes at every step.
  editor.querySelector("[data-insert-now]").addEventListener("click", () => {
    ask(document.getElementById(`insert-${menu.value}`), text);
  });
}

function followKeys(editor, form, text) {
  const [draft, publish] = form.querySelectorAll("[type=submit]");
  const keys = {
    b: () => wrap(text, "**"),
    i: () => wrap(text, "*"),
    k: () => link(text),
    s: () => form.requestSubmit(draft),
    "/": () => editor.querySelector("[data-insert]").focus(),
    Enter: () => publish && form.requestSubmit(publish),
  };
  form.addEventListener("keydown", (event) => {
    const action = (event.ctrlKey || event.metaKey) && !event.altKey && keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function link(text) {
  wrap(text, "[", "](guide.md)");
}

// One dialog for each component; what it asks for becomes the attributes of the tag.
function ask(dialog, text) {
  const form = dialog.querySelector("form");
  form.reset();
  dialog.returnValue = "";
  dialog.showModal();
  form.querySelector("input, select")?.focus();
  dialog.addEventListener(
    "close",
    () => {
      text.focus();
      if (dialog.returnValue === "insert") insertBlock(text, (selected) => component(dialog, form, selected));
    },
    { once: true },
  );
}

function component(dialog, form, selected) {
  const attributes = [...new FormData(form)].filter(([, value]) => value.trim());
  const written = attributes.map(([name, value]) => ` ${name}="${escaped(value.trim())}"`).join("");
  const { name, body, empty } = dialog.dataset;
  if (empty !== undefined) return `<${name}${written} />`;
  return `<${name}${written}>\n${selected || body}\n</${name}>`;
}

function escaped(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function followTyping(editor, form) {
  const { place } = editor.dataset;
  const frame = editor.querySelector("iframe");
  const status = editor.querySelector("[data-autosaved]");
  const preview = later(PREVIEW_PAUSE, async () => {
    const answer = await send(`${place}/preview`, form);
    if (answer.ok) frame.contentWindow.postMessage({ preview: await answer.text() }, location.origin);
  });
  const keep = later(KEEP_PAUSE, async () => {
    const answer = await send(`${place}/unsaved`, form);
    status.textContent = answer.ok ? "What you type is kept for you. Save it to show it to colleagues." : "";
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "width") return;
    preview();
    if (event.target.name !== "view") keep();
  });
  editor.querySelector("[name=view]").addEventListener("input", preview);
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("formtarget")) keep.stop();
  });
  // Whoever typed before this script had arrived is not to lose it.
  if (Array.from(form.elements).some((field) => "defaultValue" in field && field.value !== field.defaultValue)) {
    preview();
    keep();
  }
}

// Calls the function when nothing has happened for a while; what fails is tried with the next change.
function later(pause, call) {
  let timer = null;
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(() => call().catch(() => {}), pause);
  };
  plan.stop = () => clearTimeout(timer);
  return plan;
}

function send(address, form) {
  return fetch(address, { method: "POST", body: new FormData(form) });
}

