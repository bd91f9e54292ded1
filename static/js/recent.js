// The guides that were read last in this browser. They are kept in it alone: nothing of them is sent anywhere.
const NAME = "recent-guides";
const MOST = 5;
const GUIDE = /^\/hc\/[a-z0-9-]+\/articles\/[^/]+$/;

export function start(section) {
  const { title, href } = section.dataset;
  const read = kept();
  const others = read.filter((each) => each.href !== href);
  const list = section.querySelector("ul");
  for (const each of others.slice(0, MOST)) list.append(entry(each));
  section.hidden = others.length === 0;
  section.querySelector("button").addEventListener("click", () => {
    keep(title ? [{ title, href }] : []);
    section.hidden = true;
    document.getElementById("main").focus();
  });
  if (title) keep([{ title, href }, ...others]);
}

function entry({ title, href }) {
  const link = document.createElement("a");
  link.href = href;
  link.dir = "auto";
  link.textContent = title;
  const item = document.createElement("li");
  item.append(link);
  return item;
}

// Whatever else may have been written there by this name is left out.
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(NAME));
    return found.filter(({ title, href }) => typeof title === "string" && GUIDE.test(href));
  } catch {
    return []; // nothing yet, or storage is switched off
  }
}

function keep(guides) {
  try {
    // One more than is shown: the guide on the page is not in its own list.
    if (guides.length) localStorage.setItem(NAME, JSON.stringify(guides.slice(0, MOST + 1)));
    else localStorage.removeItem(NAME);
  } catch {
    // then nothing is remembered
  }
}
