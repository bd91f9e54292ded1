// Takes along to the form of a request under which heading its reader was. The form shows it, and
// lets them take it out.
export function start(link) {
  link.addEventListener("click", () => {
    const current = document.querySelector(".contents a[aria-current]");
    if (!current) return;
    const address = new URL(link.href);
    address.searchParams.set("step", current.textContent.trim().slice(0, 100));
    link.href = address.href;
  });
}
