// Changes of a text field that its Undo can take back.
export function insert(text, words) {
  text.focus();
  // The only way that browsers remember for Undo; where it is gone, the words are put in all the same.
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

export function wrap(text, before, after = before) {
  const selected = text.value.slice(text.selectionStart, text.selectionEnd);
  const start = text.selectionStart + before.length;
  insert(text, `${before}${selected}${after}`);
  text.setSelectionRange(start, start + selected.length);
}

// Components and pictures stand on lines of their own.
export function insertBlock(text, make) {
  const { value, selectionStart, selectionEnd } = text;
  const before = value.slice(0, selectionStart);
  const after = value.slice(selectionEnd);
  const block = make(value.slice(selectionStart, selectionEnd));
  const lead = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const end = after === "" || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  insert(text, `${lead}${block}${end}`);
}

export function goToLine(text, number) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  text.scrollTop = (text.scrollHeight * (number - 4)) / lines.length;
}
