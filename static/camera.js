// Reads the QR code of a badge with the camera, where the browser can read codes itself. Without it, everything else works.
"use strict";

{
  const place = document.querySelector("[data-camera]");
  const field = document.querySelector("#id_address");
  const EVERY_MS = 250;

  const offer = async () => {
    if (!place || !("BarcodeDetector" in window)) return;
    const kinds = await BarcodeDetector.getSupportedFormats();
    if (!kinds.includes("qr_code")) return;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    place.hidden = false;
    const [start, stop, photo, video, said] = ["start", "stop", "photo", "video", "said"].map((name) =>
      place.querySelector(`[data-camera-${name}]`),
    );
    start.hidden = !navigator.mediaDevices?.getUserMedia;
    let stream = null;

    const end = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = stop.hidden = true;
      start.hidden = !navigator.mediaDevices?.getUserMedia;
    };
    // What is read is shown before anything is done with it: the reader presses the button of the form.
    const take = (codes) => {
      const found = codes.map((code) => code.rawValue.trim()).find((text) => /^https?:\/\//i.test(text));
      if (!found) return false;
      end();
      field.value = found.slice(0, field.maxLength);
      said.textContent = place.dataset.found;
      field.focus();
      return true;
    };

    start.addEventListener("click", async () => {
      said.textContent = "";
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        said.textContent = place.dataset.refused;
        return;
      }
      video.srcObject = stream;
      video.hidden = stop.hidden = false;
      start.hidden = true;
      await video.play();
      const look = async () => {
        if (!stream) return;
        const codes = await detector.detect(video).catch(() => []);
        if (stream && !take(codes)) setTimeout(look, EVERY_MS);
      };
      look();
    });
    stop.addEventListener("click", end);
    addEventListener("pagehide", end);
    photo.addEventListener("change", async () => {
      if (!photo.files.length) return;
      const picture = await createImageBitmap(photo.files[0]).catch(() => null);
      const codes = picture ? await detector.detect(picture).catch(() => []) : [];
      if (!take(codes)) said.textContent = place.dataset.none;
    });
  };
  offer();
}
