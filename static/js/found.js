// Tells the site which of the guides on the page of results is opened.
import { tell } from "./telling.js";

export function start(list) {
  const links = [...list.querySelectorAll("[data-article]")];
  links.forEach((link, number) => (link.dataset.place = number + 1));
  for (const event of ["click", "auxclick"]) {
    list.addEventListener(event, ({ target }) => {
      const link = target.closest("[data-article]");
      if (link) tell(list.dataset.query, "page", link);
    });
  }
}
