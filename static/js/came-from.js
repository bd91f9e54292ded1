// Tells with a vote or a report which page its reader came from; the site keeps no more of it than
// a path of its own or the name of another site.
export function start(field) {
  field.value = document.referrer;
}
