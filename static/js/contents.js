// Marks in the list of contents the heading that the reader is under.
export function start(contents) {
  const links = [...contents.querySelectorAll("a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let isPlanned = false;

  const mark = () => {
    isPlanned = false;
    const line = innerHeight * 0.3;
    const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const passed = headings.findLastIndex((heading) => heading?.getBoundingClientRect().top < line);
    const current = isAtEnd && passed >= 0 ? lastVisible(headings) : passed;
    links.forEach((link, index) => {
      if (index === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };

  const plan = () => {
    if (!isPlanned) requestAnimationFrame(mark);
    isPlanned = true;
  };

  addEventListener("scroll", plan, { passive: true });
  addEventListener("resize", plan, { passive: true });
  mark();
}

function lastVisible(headings) {
  return headings.findLastIndex((heading) => heading?.getBoundingClientRect().top < innerHeight);
}
