// Says to where this page is from that it was opened, and what was pressed on it: the act and the badge, nothing else.
// No cookie, nothing kept in the browser, nothing said of the reader; not at all for who does not want to be counted.
"use strict";

(() => {
  const { at, token, act } = document.currentScript.dataset;
  // Global Privacy Control, Do Not Track, and programs that drive a browser.
  if (navigator.globalPrivacyControl || navigator.doNotTrack === "1" || navigator.webdriver) return;

  const say = (what) =>
    fetch(at, {
      method: "POST",
      body: `${what} ${token}`,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      keepalive: true,
    }).catch(() => {});

  // Where the reader came from stays here: it only tells a verification from a visit, and colleagues from readers.
  const from = document.referrer.startsWith(`${location.origin}/`) ? new URL(document.referrer).pathname : "";
  const [navigation] = performance.getEntriesByType("navigation");
  const isAgain = ["reload", "back_forward"].includes(navigation?.type);
  const isOurs = from.startsWith("/console/");

  const open = () => {
    if (act && !isAgain && !isOurs) say(from === "/verify" ? "verified" : act);
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", open, { once: true });
  else open();

  document.addEventListener("click", ({ target }) => {
    const pressed = target.closest?.("[data-act], a[download]");
    if (pressed) say(pressed.dataset.act ?? "downloaded");
  });
})();
