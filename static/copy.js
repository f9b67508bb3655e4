// Puts a button beside what is there to be copied. Without this script it is marked and copied by hand.
"use strict";

{
  const words = document.currentScript.dataset;
  const begin = () => {
    if (!navigator.clipboard) return;
    for (const field of document.querySelectorAll(".copy .field")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--quiet button--small";
      button.textContent = words.copy;
      button.setAttribute("aria-live", "polite");
      if (field.dataset.copiedAct) button.dataset.act = field.dataset.copiedAct;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(field.value);
        button.textContent = words.copied;
        setTimeout(() => (button.textContent = words.copy), 2000);
      });
      const label = field.closest(".copy").querySelector("span").textContent;
      button.setAttribute("aria-label", `${words.copy}: ${label}`);
      field.closest(".copy").after(button);
      const row = document.createElement("div");
      row.className = "copy-row";
      button.before(row);
      row.append(field.closest(".copy"), button);
    }
  };
  document.addEventListener("DOMContentLoaded", begin);
}
