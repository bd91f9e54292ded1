// Copies the guide as Markdown, in the form that is there for machines.
import { say } from "./words.js";

export function start(menu) {
  const button = menu.querySelector("button");
  if (!navigator.clipboard || !window.ClipboardItem) return;
  const status = menu.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      // Handed over before it has arrived: Safari writes only while the press lasts.
      const text = fetched(menu.querySelector("a").href);
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
      status.textContent = say("copied");
    } catch {
      status.textContent = say("failed");
    }
  });
}

async function fetched(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  return new Blob([await answer.text()], { type: "text/plain" });
}
