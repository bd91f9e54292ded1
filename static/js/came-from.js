// Tells with a vote or a report which page its reader came from; the site keeps no more of it than
// a path of its own or the name of another site, which stands at the beginning.
const LONGEST = 2000;

export function start(field) {
  field.value = document.referrer.slice(0, LONGEST);
}
