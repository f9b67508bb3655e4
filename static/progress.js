// Looks again every few seconds how far a list got. Without this script there is a link that does.
"use strict";

const AGAIN = 3000;

const look = async () => {
  const shown = document.querySelector("[data-progress]");
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const found = page.querySelector("[data-progress]");
      // What can be done about it changed, or whoever looks was signed out: the whole page.
      if (!found || found.dataset.progress !== shown.dataset.progress) return location.reload();
      shown.replaceChildren(...found.childNodes);
    } catch {
      // Out of reach for now.
    }
  }
  setTimeout(look, AGAIN);
};

setTimeout(look, AGAIN);
