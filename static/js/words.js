// What scripts say, in the language of the page.
const words = JSON.parse(document.body.dataset.words);

export function say(name, value = "") {
  return words[name].replace("%s", value);
}

// The language as it stands in addresses.
export function locale() {
  return document.documentElement.lang.toLowerCase();
}
