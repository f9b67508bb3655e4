// Small comforts of the console. Without this script every menu still opens, and every link leads somewhere.
"use strict";

document.addEventListener("alpine:init", () => {
  // A <details> that closes when one leaves it, as a menu does.
  Alpine.data("menu", () => ({
    close() {
      if (!this.$root.open) return;
      this.$root.open = false;
      this.$root.querySelector("summary").focus();
    },
    shut() {
      this.$root.open = false;
    },
    left(event) {
      if (event.relatedTarget && !this.$root.contains(event.relatedTarget)) this.$root.open = false;
    },
  }));

  // On a phone the navigation lies over the page while the address ends with its name.
  Alpine.data("drawer", () => ({
    close() {
      if (location.hash === `#${this.$root.id}`) location.hash = "main";
    },
  }));
});

// A slash leads to the search, unless one is writing.
document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest("input, select, textarea, [contenteditable]");
  const field = document.querySelector("[data-seek]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isWriting || !field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
