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
    if (current >= 0) keepInView(contents, links[current]);
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

// The list may be longer than the window; moving it must not move the page.
function keepInView(contents, link) {
  const box = contents.getBoundingClientRect();
  const { top, bottom } = link.getBoundingClientRect();
  if (top < box.top) contents.scrollTop -= box.top - top;
  else if (bottom > box.bottom) contents.scrollTop += bottom - box.bottom;
}
