// Taps of a manager's phone over a bad line. A press is kept in localStorage (trip, step, key, moment; nothing of a
// person), shown at once, and sent in order until the server answers; its key makes it one however often it is sent.
(() => {
  "use strict";
  const page = document.querySelector("[data-taps]");
  if (!page) return;
  const QUEUE = "escort-taps";
  const PATIENCE = 15000; // milliseconds until a silent line counts as lost
  const words = page.dataset;
  const banner = document.querySelector("[data-taps-waiting]");

  const read = () => { try { return JSON.parse(localStorage.getItem(QUEUE)) || []; } catch { return []; } };
  const write = (taps) => localStorage.setItem(QUEUE, JSON.stringify(taps));
  const drop = (key) => write(read().filter((tap) => tap.key !== key));

  const show = () => {
    const waiting = read().length;
    banner.hidden = !waiting;
    banner.querySelector("[data-taps-text]").textContent = waiting ? words.textWaiting.replace("{n}", waiting) : "";
  };
  const say = (message) => {
    const place = document.querySelector("[data-taps-refused]");
    place.hidden = false;
    place.querySelector("[data-taps-text]").textContent = message;
  };

  const send = async (tap) => {
    const body = new URLSearchParams({ key: tap.key, action: tap.action, device_at: tap.at, device_sent_at: new Date().toISOString() });
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const response = await fetch(tap.url, {
      method: "POST", body, credentials: "same-origin", redirect: "manual",
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return "sign-in";
    if (response.status === 409 || response.status === 422) {
      say((await response.json()).message);
      return "refused";
    }
    if (response.status === 404) return "refused";
    if (!response.ok) throw new Error(response.status);
    return "done";
  };

  // One sender at a time over all tabs; after a failure it waits longer each time, and at once when the line is back.
  let timer = 0, tries = 0, busy = false;
  const later = () => { clearTimeout(timer); timer = setTimeout(flush, Math.min(2000 * 2 ** tries++, 60000)); };
  const locked = (work) => (navigator.locks ? navigator.locks.request(QUEUE, { ifAvailable: true }, (lock) => (lock ? work() : undefined)) : work());
  const flush = async () => {
    if (busy) return;
    busy = true;
    try {
      await locked(async () => {
        for (let tap = read()[0], sent = false; ; tap = read()[0]) {
          if (!tap) { if (sent) location.reload(); return; }
          const answer = await send(tap);
          if (answer === "sign-in") { say(words.textSignIn); return; }
          drop(tap.key);
          tries = 0;
          sent = sent || answer === "done";
          show();
          if (answer === "refused") { write(read().filter((other) => other.url !== tap.url)); show(); return; }
        }
      });
    } catch { later(); } finally { busy = false; show(); }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tap]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const tap = { url: form.action, key: form.elements.key.value, action: form.elements.action.value, at: new Date().toISOString() };
    if (read().some((other) => other.key === tap.key)) return; // a double tap
    write([...read(), tap]);
    for (const button of page.querySelectorAll("[data-tap] button")) button.disabled = true;
    form.querySelector("button").textContent = words.textSending;
    show();
    flush();
  });
  addEventListener("online", () => { tries = 0; flush(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tries = 0; flush(); } });
  show();
  if (read().length) {
    for (const button of page.querySelectorAll("[data-tap] button")) button.disabled = read().some((tap) => tap.url === button.form.action);
    flush();
  }

  // The signature: strokes of a finger as whole numbers on a field of 300 by 120.
  const pad = document.querySelector("[data-sign]");
  if (!pad) return;
  const line = pad.querySelector("path"), field = document.querySelector("[name=strokes]");
  let strokes = "", drawing = false;
  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const whole = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return `${whole(((event.clientX - box.left) / box.width) * 300, 300)} ${whole(((event.clientY - box.top) / box.height) * 120, 120)}`;
  };
  const draw = (letter, event) => { strokes += `${strokes ? " " : ""}${letter} ${point(event)}`; line.setAttribute("d", strokes); field.value = strokes; };
  pad.addEventListener("pointerdown", (event) => { drawing = true; pad.setPointerCapture(event.pointerId); draw("M", event); event.preventDefault(); });
  pad.addEventListener("pointermove", (event) => { if (drawing) draw("L", event); });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = false; });
  document.querySelector("[data-sign-clear]").addEventListener("click", () => { strokes = ""; line.setAttribute("d", ""); field.value = ""; });
})();
