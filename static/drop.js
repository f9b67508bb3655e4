// Lets a reader drop a badge on the form instead of choosing it. Without this script everything works all the same.
"use strict";

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const hint = zone.querySelector("[hidden]");
  if (hint) hint.hidden = false;

  const hovering = (is) => zone.classList.toggle("way--hover", is);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    hovering(true);
  });
  zone.addEventListener("dragleave", () => hovering(false));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    hovering(false);
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
