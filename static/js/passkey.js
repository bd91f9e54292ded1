// Asks the device for a passkey and sends its answer with the form. Without a passkey in this browser
// the form stays hidden; every other way in works without this.
import { say } from "./words.js";

export function start(form) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy !== "true") ask(form);
  });
}

async function ask(form) {
  form.ariaBusy = "true";
  complain(form, "");
  try {
    const options = await optionsFor(form);
    if (options) {
      form.elements.answer.value = JSON.stringify(await answerTo(options));
      form.submit();
    }
  } catch (error) {
    const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };
    complain(form, say(words[error.name] ?? "failed"));
  }
  form.ariaBusy = "false";
}

async function optionsFor(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { Accept: "application/json" },
  });
  if (answer.redirected) {
    // Signed out meanwhile, or asked to prove who they are.
    location.assign(answer.url);
    return null;
  }
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function answerTo(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    publicKey[list] = (options[list] ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  }
  if (!options.user) return described(await navigator.credentials.get({ publicKey }));
  publicKey.user = { ...options.user, id: bytes(options.user.id) };
  return described(await navigator.credentials.create({ publicKey }));
}

// Some password managers put themselves in the browser's place and know no toJSON().
function described(credential) {
  const given = credential.response;
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = {};
  for (const name of names) if (given[name]) response[name] = text(given[name]);
  const id = text(credential.rawId);
  return { id, rawId: id, type: credential.type, clientExtensionResults: {}, response };
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function complain(form, words) {
  let place = form.querySelector("[role=alert]");
  if (!place) {
    place = document.createElement("p");
    place.className = "field-error";
    place.setAttribute("role", "alert");
    form.prepend(place);
  }
  place.textContent = words;
  place.hidden = !words;
}
