// A page that caches keep cannot say when it was shown: its forms ask when somebody turns to them. Without an
// answer the form is sent as it is, and the site asks to press once more.
export function start(field) {
  if (field.value) return;
  const ask = async () => {
    try {
      const answer = await fetch("/hc/form-stamp");
      if (answer.ok) field.value = await answer.text();
    } catch {
      // no network for a moment
    }
  };
  const fold = field.closest("details");
  if (fold) fold.addEventListener("toggle", ask, { once: true });
  else field.form.addEventListener("focusin", ask, { once: true });
}
