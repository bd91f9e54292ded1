// What scripts say, in the language of the page.
const words = JSON.parse(document.body.dataset.words);

export function say(name, value = "") {
  return words[name].replace("%s", value);
}

// The language as it stands in the address; the page around a guide may not speak it.
export function locale() {
  return document.body.dataset.locale;
}
