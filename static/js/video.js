// The link to a video becomes a button that puts its player in place. Before it is pressed, nothing is fetched.
export function start(figure) {
  const link = figure.querySelector(".video-open");
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  button.querySelector("[data-without-script]").hidden = true;
  button.querySelector("[data-with-script]").hidden = false;
  link.replaceWith(button);
  button.addEventListener("click", () => {
    const frame = player(figure.dataset.player, figure.dataset.title);
    button.replaceWith(frame);
    frame.focus();
  });
}

function player(address, title) {
  const frame = document.createElement("iframe");
  frame.className = "video-player";
  frame.title = title;
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.loading = "lazy";
  // Some players refuse to play where they are not told on which site they stand; on which page is not theirs to know.
  frame.referrerPolicy = "strict-origin";
  // It is of another origin always, so that with its own it reaches nothing here.
  frame.setAttribute(
    "sandbox",
    "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox",
  );
  frame.src = address;
  return frame;
}
