// Pictures that are pasted or dropped into the text: asks what they show, then puts them where the cursor is.
import { isWayToSignIn, send } from "./editor-keeping.js";
import { insertBlock } from "./editor-text.js";

export function followPictures(editor, text) {
  const fold = editor.querySelector("#editor-picture");
  const form = fold.querySelector("form");
  const complaint = form.querySelector("[role=alert]");

  const offer = (file) => {
    const files = new DataTransfer();
    files.items.add(file);
    form.elements.picture.files = files.files;
    open();
  };
  const open = () => {
    fold.open = true;
    fold.scrollIntoView({ block: "nearest" });
    (form.elements.picture.files.length ? form.elements.alt : form.elements.picture).focus();
  };

  editor.querySelector("[data-picture]").addEventListener("click", open);
  text.addEventListener("paste", (event) => {
    const file = pictureIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    offer(file);
  });
  text.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  text.addEventListener("drop", (event) => {
    const file = pictureIn(event.dataTransfer);
    if (!file) return;
    event.preventDefault();
    offer(file);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complaint.hidden = true;
    try {
      const markdown = await upload(form);
      const place = document.activeElement;
      const isStillHere = place === document.body || form.contains(place);
      form.reset();
      fold.open = false;
      insertBlock(text, () => markdown);
      // Who has gone on to another field meanwhile goes on typing there.
      if (!isStillHere) place.focus();
    } catch (error) {
      complaint.textContent = error.message;
      complaint.hidden = false;
    }
  });
}

function pictureIn(transfer) {
  return [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));
}

async function upload(form) {
  const answer = await send(form.action, form, { Accept: "application/json" });
  if (isWayToSignIn(answer)) throw new Error("You are signed out. Sign in in a new tab, then add the picture again.");
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.problem ?? "The picture did not reach us. Please try again.");
  return told.markdown;
}
