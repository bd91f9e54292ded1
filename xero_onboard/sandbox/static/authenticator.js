// Looks again by itself when the code changes; without it there is the link of that name.

const hint = document.querySelector('[data-behaviour="look-again"]');
let seconds = Number(hint.dataset.seconds);

const tick = setInterval(() => {
  seconds -= 1;
  hint.textContent = `It changes in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  if (seconds <= 0) {
    clearInterval(tick);
    location.reload();
  }
}, 1000);
