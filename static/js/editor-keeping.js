// Keeps what is typed for its author, and says truly whether it is kept. Before the form itself goes its text is kept
// once more: from somebody who is signed out the form would take them to sign-in, and the text along.
const PAUSE = 2000;

export function keepTyped(editor, form) {
  const address = `${editor.dataset.place}/unsaved`;
  const status = editor.querySelector("[data-kept]");
  let outcome = "kept";
  let isAsking = false;
  let isLetGo = false;

  const keep = async () => {
    const answer = await send(address, form).catch(() => null);
    outcome = answer?.ok ? "kept" : isWayToSignIn(answer) ? "signed-out" : "not-kept";
    for (const words of status.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== outcome;
    return answer;
  };
  const soon = later(PAUSE, keep);

  form.addEventListener("submit", async (event) => {
    if (isLetGo) return;
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    soon.stop();
    const answer = await keep();
    isAsking = false;
    if (!answer || isWayToSignIn(answer)) return status.scrollIntoView({ block: "nearest" });
    // Whatever else is wrong with it, the page that answers says it at length.
    isLetGo = true;
    form.requestSubmit(event.submitter);
    isLetGo = false;
  });
  // Back from signing in elsewhere.
  addEventListener("focus", () => outcome !== "kept" && keep());
  return soon;
}

// Nobody is taken anywhere by a script: where the answer leads elsewhere, that is to sign-in, which looks like success.
export function send(address, form, headers = {}) {
  return fetch(address, { method: "POST", body: new FormData(form), headers, redirect: "manual" });
}

export function isWayToSignIn(answer) {
  return answer?.type === "opaqueredirect";
}

// Calls the function when nothing has happened for a while; what fails is tried with the next change.
export function later(pause, call) {
  let timer = null;
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(() => call().catch(() => {}), pause);
  };
  plan.stop = () => clearTimeout(timer);
  return plan;
}
