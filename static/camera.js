// Reads the QR code of a badge with the camera or from a picture: the browser itself where it can, else a script that is
// loaded once it is needed. Without any of it, everything else works.
"use strict";

{
  const place = document.querySelector("[data-camera]");
  const field = document.querySelector("#id_address");
  const EVERY_MS = 250;
  // Pixels of the longer side: more takes long, and reads no better.
  const SIDE = 1000;

  const byBrowser = async () => {
    const kinds = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (!kinds.includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (picture) => (await detector.detect(picture)).map((code) => code.rawValue);
  };

  const byScript = async () => {
    if (!window.jsQR) {
      await new Promise((resolve, reject) => {
        const script = document.createElement("script");
        Object.assign(script, { src: place.dataset.reader, integrity: place.dataset.integrity, onload: resolve, onerror: reject });
        document.head.append(script);
      });
    }
    const canvas = document.createElement("canvas");
    const drawn = canvas.getContext("2d", { willReadFrequently: true });
    return async (picture) => {
      const [width, height] = [picture.videoWidth ?? picture.width, picture.videoHeight ?? picture.height];
      if (!width || !height) return [];
      const scale = Math.min(1, SIDE / Math.max(width, height));
      canvas.width = Math.max(1, Math.round(width * scale));
      canvas.height = Math.max(1, Math.round(height * scale));
      drawn.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const { data } = drawn.getImageData(0, 0, canvas.width, canvas.height);
      const found = jsQR(data, canvas.width, canvas.height);
      return found ? [found.data] : [];
    };
  };

  // What reads: found once; tried again where it could not be loaded.
  let reading = null;
  const reader = () => {
    reading ??= byBrowser().then((found) => found ?? byScript());
    return reading.catch((error) => {
      reading = null;
      throw error;
    });
  };

  if (place && window.createImageBitmap) {
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
    const take = (texts) => {
      const found = texts.map((text) => text.trim()).find((text) => /^https?:\/\//i.test(text));
      if (!found) return false;
      end();
      field.value = found.slice(0, field.maxLength);
      said.textContent = place.dataset.found;
      field.focus();
      return true;
    };
    // Return what reads, or say that there is nothing to read with.
    const ready = async () => {
      said.textContent = "";
      try {
        return await reader();
      } catch {
        said.textContent = place.dataset.missing;
        return null;
      }
    };

    start.addEventListener("click", async () => {
      const read = await ready();
      if (!read || stream) return;
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
        const texts = await read(video).catch(() => []);
        if (stream && !take(texts)) setTimeout(look, EVERY_MS);
      };
      look();
    });
    stop.addEventListener("click", end);
    addEventListener("pagehide", end);
    photo.addEventListener("change", async () => {
      const read = photo.files.length ? await ready() : null;
      if (!read) return;
      const picture = await createImageBitmap(photo.files[0]).catch(() => null);
      const texts = picture ? await read(picture).catch(() => []) : [];
      if (!take(texts)) said.textContent = place.dataset.none;
    });
  }
}
