// A page in the editor's frame: takes what the editor sends it, and stays where it was scrolled to.
import { enliven } from "./behaviours.js";

let isListening = false;

export function start() {
  if (isListening) return;
  isListening = true;
  addEventListener("message", (event) => {
    const page = event.data?.preview;
    if (event.origin !== location.origin || event.source !== parent || typeof page !== "string") return;
    const fresh = new DOMParser().parseFromString(page, "text/html");
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
    document.querySelector(".masthead-nav")?.replaceWith(fresh.querySelector(".masthead-nav"));
    enliven(document.querySelector("main"));
  });
  // What was sent before there was anybody to take it is sent again.
  if (parent !== window) parent.postMessage("listening", location.origin);
}
