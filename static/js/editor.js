// Improves the editor's form: shortcuts, a menu of components, pictures by paste and drag, a preview
// that follows what is typed, and a copy of it kept for its author. The form works without any of it.
import { keepTyped, later, send } from "./editor-keeping.js";
import { followPictures } from "./editor-pictures.js";
import { goToLine, insertBlock, wrap } from "./editor-text.js";

const PREVIEW_PAUSE = 500;

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
  const ofText = {
    b: () => wrap(text, "**"),
    i: () => wrap(text, "*"),
    k: () => link(text),
  };
  const ofAll = {
    s: () => form.requestSubmit(draft),
    "/": () => editor.querySelector("[data-insert]").focus(),
    Enter: () => publish && form.requestSubmit(publish),
  };
  // Beside the preview as well, whose fields stand outside the form.
  editor.addEventListener("keydown", (event) => {
    const keys = event.target === text ? { ...ofText, ...ofAll } : ofAll;
    const action = (event.ctrlKey || event.metaKey) && !event.altKey && keys[event.key];
    if (!action || event.target.closest("dialog, #editor-picture")) return;
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
  // At once, and not when the dialog tells that it is closed: the next keys belong to the text already.
  form.onsubmit = (event) => {
    event.preventDefault();
    dialog.close();
    text.focus();
    if (event.submitter.value === "insert") insertBlock(text, (selected) => component(dialog, form, selected));
  };
  dialog.oncancel = (event) => {
    event.preventDefault();
    dialog.close();
    text.focus();
  };
  for (const choices of form.querySelectorAll("[data-several]")) oneAtLeast(choices);
  dialog.showModal();
  form.querySelector("input, select")?.focus();
}

// Of several boxes one must be ticked, which HTML has no word for.
function oneAtLeast(choices) {
  const boxes = [...choices.querySelectorAll("input")];
  const look = () => (boxes[0].required = !boxes.some((box) => box.checked));
  choices.onchange = look;
  look();
}

function component(dialog, form, selected) {
  const written = attributes(form).join("");
  const { name, body, empty } = dialog.dataset;
  if (empty !== undefined) return `<${name}${written} />`;
  return `<${name}${written}>\n${selected || body}\n</${name}>`;
}

// Some stand there without a value, some hold all the words that were ticked.
function attributes(form) {
  const given = new FormData(form);
  const names = [...new Set(given.keys())];
  return names.flatMap((name) => {
    if (form.querySelector(`[name="${name}"]`).matches("[data-flag]")) return [` ${name}`];
    const value = given.getAll(name).join(" ").trim();
    return value ? [` ${name}="${escaped(value)}"`] : [];
  });
}

function escaped(value) {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function followTyping(editor, form) {
  const { place } = editor.dataset;
  const show = showing(form, editor.querySelector("iframe"));
  const keep = keepTyped(editor, form);
  const preview = later(PREVIEW_PAUSE, async () => {
    const answer = await send(`${place}/preview`, form);
    if (answer.ok) show(await answer.text());
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "width") return;
    preview();
    if (event.target.name !== "view") keep();
  });
  editor.querySelector("[name=view]").addEventListener("input", preview);
  // Whoever typed before this script had arrived is not to lose it, nor who is shown another's text beside theirs.
  const isTyped = Array.from(form.elements).some((field) => "defaultValue" in field && field.value !== field.defaultValue);
  if (isTyped || "unsaved" in editor.dataset) {
    preview();
    keep();
  }
}

// Shows a page in the frame; once more when the frame's own script arrives after it.
function showing(form, frame) {
  let latest = null;
  const show = (page) => {
    latest = page;
    if (page !== null) frame.contentWindow.postMessage({ preview: page }, location.origin);
  };
  addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data === "listening") show(latest);
  });
  // “Look at it” brings a page into the frame that is newer.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === frame.name) latest = null;
  });
  return show;
}
