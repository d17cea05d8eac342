// Taps of a manager's phone over a bad line. A press is kept in localStorage (trip, step, key, moment; nothing of a
// person), shown at once, and sent in order until the server answers; its key makes it one however often it is sent.
(() => {
  "use strict";
  const page = document.querySelector("[data-taps]");
  if (!page) return;
  const words = page.dataset;
  const QUEUE = `escort-taps-${words.owner}`; // another manager at this phone neither sends nor loses them
  const SAID = "escort-taps-said"; // what is to be read after the page has been opened anew
  const PATIENCE = 15000; // milliseconds until a silent line counts as lost
  const PAUSE = 1500; // milliseconds in which a second press is the same one
  const buttons = [...document.querySelectorAll("[data-tap]")];
  const part = (name) => page.querySelector(`[data-taps-${name}]`);

  // --- What waits -------------------------------------------------------------------------------

  const read = () => { try { return JSON.parse(localStorage.getItem(QUEUE)) || []; } catch { return []; } };
  const write = (taps) => localStorage.setItem(QUEUE, JSON.stringify(taps));
  const drop = (keys) => write(read().filter((tap) => !keys.includes(tap.key)));

  // --- What is shown ----------------------------------------------------------------------------

  const labelOf = (action) => {
    const form = buttons.find((one) => one.elements.action.value === action);
    return form ? form.querySelector("button").textContent : "";
  };
  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  let pressedAt = 0;

  // The state the trip will have once what waits is sent: its next button is there without a line, too.
  const stateNow = () => read().filter((tap) => tap.trip === words.trip).reduce((state, tap) => {
    const form = buttons.find((one) => one.elements.action.value === tap.action);
    return form ? form.dataset.target : state;
  }, words.state);

  const showButtons = () => {
    const state = stateNow(), paused = Date.now() - pressedAt < PAUSE;
    for (const form of buttons) {
      const likely = form.dataset.likely === state;
      form.hidden = "big" in form.dataset ? !likely : likely || !form.dataset.sources.split(" ").includes(state);
      form.querySelector("button").disabled = paused;
    }
    const others = document.querySelector("[data-other-steps]");
    if (others) others.hidden = !others.querySelector("[data-tap]:not([hidden])");
  };
  const show = () => {
    const taps = read(), banner = part("waiting"), list = part("list");
    banner.hidden = !taps.length;
    banner.querySelector("[data-taps-text]").textContent = taps.length ? words.textWaiting.replace("{n}", taps.length) : "";
    list.replaceChildren(...taps.filter((tap) => tap.trip === words.trip).map((tap) => {
      const line = document.createElement("li");
      line.textContent = `${labelOf(tap.action)} ${clock(tap.at)} · ${words.textSending}`;
      return line;
    }));
    showButtons();
  };
  const say = (message) => {
    part("refused").hidden = false;
    part("refused").querySelector("[data-taps-text]").textContent = message;
  };
  const sayAgain = () => {
    const message = sessionStorage.getItem(SAID);
    sessionStorage.removeItem(SAID);
    if (message) say(message);
  };

  // Open the page anew with what the server knows now, unless somebody is writing in it; the day's, if the trip is over.
  const isWriting = () => [...document.querySelectorAll("main textarea, main [name=name], main [name=strokes]")].some((field) => field.value);
  const renew = (isOver) => {
    if (isOver) { location.assign(words.dayUrl); return; }
    if (isWriting()) { part("recorded").hidden = false; sayAgain(); return; }
    location.reload();
  };

  // --- Sending ----------------------------------------------------------------------------------

  const post = (tap) => fetch(words.url.replace("/0/", `/${tap.trip}/`), {
    method: "POST", credentials: "same-origin", redirect: "manual",
    body: new URLSearchParams({ key: tap.key, action: tap.action, device_at: tap.at, device_sent_at: new Date().toISOString() }),
    headers: { "X-CSRFToken": page.querySelector("[name=csrfmiddlewaretoken]").value, "X-Requested-With": "fetch" },
    signal: AbortSignal.timeout(PATIENCE),
  });

  // "done", "sign-in", or with the words to show "refused", and "gone" where the trip is the manager's no longer: then
  // the tap is not sent again. Throws where the line or the server fails.
  const send = async (tap) => {
    const response = await post(tap);
    if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) return { is: "sign-in" };
    if (response.status === 404) return { is: "gone", message: words.textGone };
    if (response.status === 409 || response.status === 422) return { is: "refused", message: (await response.json()).message };
    if (!response.ok) throw new Error(response.status);
    return { is: "done" };
  };

  // A refused tap goes, and with it what was pressed upon it.
  const refuse = (tap, message) => {
    const after = read().filter((other) => other.trip === tap.trip && other.key !== tap.key);
    drop([tap.key, ...after.map((other) => other.key)]);
    sessionStorage.setItem(SAID, after.length ? `${message} ${words.textDropped.replace("{n}", after.length)}` : message);
  };

  // All that waits, in order. Returns whether the server has said anything that the page does not show yet.
  const sendAll = async () => {
    let isNews = false, isOver = false;
    for (let tap = read()[0]; tap; tap = read()[0]) {
      const answer = await send(tap);
      if (answer.is === "sign-in") { part("sign-in").hidden = false; return; }
      if (answer.is === "done") drop([tap.key]); else refuse(tap, answer.message);
      isOver = isOver || (tap.trip === words.trip && (answer.is === "gone" || (answer.is === "done" && tap.action === "no_show")));
      isNews = true;
      tries = 0;
      show();
    }
    if (isNews) renew(isOver);
  };

  // One sender at a time over all tabs; after a failure it waits longer each time, and not at all when the line is back.
  let timer = 0, tries = 0, busy = false;
  const later = () => { clearTimeout(timer); timer = setTimeout(flush, Math.min(2000 * 2 ** tries++, 60000)); };
  const alone = (work) => (navigator.locks
    ? navigator.locks.request(QUEUE, { ifAvailable: true }, (lock) => (lock ? work() : Promise.reject(new Error("another tab sends"))))
    : work());
  const flush = async () => {
    if (busy || !read().length) return;
    busy = true;
    try { await alone(sendAll); } catch { later(); } finally { busy = false; show(); }
  };
  const now = () => { tries = 0; flush(); };

  // --- Pressing ---------------------------------------------------------------------------------

  const anotherKey = (form) => { if (self.crypto && crypto.randomUUID) form.elements.key.value = crypto.randomUUID(); };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tap]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    if (Date.now() - pressedAt < PAUSE) return; // a double tap
    pressedAt = Date.now();
    write([...read(), { trip: words.trip, key: form.elements.key.value, action: form.elements.action.value, at: new Date().toISOString() }]);
    anotherKey(form);
    show();
    setTimeout(showButtons, PAUSE);
    flush();
  });
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
  addEventListener("storage", (event) => { // another tab pressed or sent
    if (event.key !== QUEUE) return;
    const before = JSON.parse(event.oldValue || "[]").some((tap) => tap.trip === words.trip);
    show();
    if (before && !read().some((tap) => tap.trip === words.trip)) renew(false);
  });
  sayAgain();
  show();
  flush();
})();
