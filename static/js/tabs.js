// Makes a tab list of headed sections. Choosing a title chooses it in every group that has it.
const groups = [];

export function start(group) {
  const panels = [...group.querySelectorAll(":scope > .tab")];
  if (panels.length < 2) return;
  const list = document.createElement("div");
  list.className = "tab-list";
  list.role = "tablist";
  const tabs = panels.map((panel) => makeTab(panel, list));
  group.prepend(list);
  groups.push({ tabs, panels });
  list.addEventListener("keydown", (event) => move(event, tabs));
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) chooseTitle(tab.textContent, tabs.indexOf(tab), tabs);
  });
  choose({ tabs, panels }, indexFromHash(panels));
  addEventListener("hashchange", () => {
    const index = indexFromHash(panels, -1);
    if (index >= 0) choose({ tabs, panels }, index);
  });
}

function makeTab(panel, list) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.role = "tab";
  tab.className = "tab-button";
  tab.id = `${panel.id}-tab`;
  tab.textContent = panel.dataset.title;
  tab.setAttribute("aria-controls", panel.id);
  panel.role = "tabpanel";
  panel.tabIndex = 0;
  panel.setAttribute("aria-labelledby", tab.id);
  panel.querySelector(".tab-title").hidden = true;
  list.append(tab);
  return tab;
}

function indexFromHash(panels, otherwise = 0) {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const index = panels.findIndex((panel) => target && panel.contains(target));
  return index < 0 ? otherwise : index;
}

function choose({ tabs, panels }, chosen) {
  tabs.forEach((tab, index) => {
    tab.setAttribute("aria-selected", String(index === chosen));
    tab.tabIndex = index === chosen ? 0 : -1;
    panels[index].hidden = index !== chosen;
  });
}

function chooseTitle(title, index, tabs) {
  const top = tabs[0].getBoundingClientRect().top;
  for (const group of groups) {
    const found = group.tabs === tabs ? index : group.tabs.findIndex((tab) => tab.textContent === title);
    if (found >= 0) choose(group, found);
  }
  scrollBy({ top: tabs[0].getBoundingClientRect().top - top, behavior: "instant" });
}

function move(event, tabs) {
  const current = tabs.indexOf(document.activeElement);
  const last = tabs.length - 1;
  const target = {
    ArrowRight: current === last ? 0 : current + 1,
    ArrowLeft: current === 0 ? last : current - 1,
    Home: 0,
    End: last,
  }[event.key];
  if (target === undefined || current < 0) return;
  event.preventDefault();
  chooseTitle(tabs[target].textContent, target, tabs);
  tabs[target].focus();
}
