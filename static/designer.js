// Refreshes previews of the designer while one types. Without this script a button does it.
"use strict";

const later = (act, wait) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
};

for (const form of document.querySelectorAll("[data-preview-image]")) {
  const image = document.getElementById("drawn");
  const button = form.querySelector("[data-shows]");
  if (button) button.hidden = true;
  form.addEventListener("input", later(() => {
    const values = new URLSearchParams(new FormData(form));
    values.delete("csrfmiddlewaretoken");
    const drawn = new Image();
    drawn.addEventListener("load", () => {
      image.src = drawn.src;
      for (const each of document.querySelectorAll("[data-saved]")) each.hidden = each.dataset.saved === "yes";
    });
    drawn.src = `${form.dataset.previewImage}?${values}`;
  }, 250));
}

for (const form of document.querySelectorAll("[data-preview-page]")) {
  let language;
  form.addEventListener("input", (event) => {
    language = event.target.lang || language;
  });
  form.addEventListener("input", later(() => {
    const button = form.querySelector(`[data-show="${language}"]`);
    if (button) form.requestSubmit(button);
  }, 900));
}
