// <form data-autosave data-autosave-url="…">: posts the form's fields a second after the last change, and says so.
(() => {
  "use strict";
  const text = document.body.dataset;
  const WAIT = 1000;
  const RETRY = 10000;

  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const line = form.querySelector("[data-autosave-state]");
    let timer = 0;
    let running = false;
    let changed = false;

    const say = (words, failed = false) => {
      if (!line) return;
      line.textContent = words;
      line.classList.toggle("failed", failed);
    };

    const save = async () => {
      clearTimeout(timer);
      if (running || form.dataset.sent) return;
      running = true;
      changed = false;
      const data = new FormData(form);
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
      let wait = 0;
      try {
        const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body: data, headers: { "X-Requested-With": "XMLHttpRequest" } });
        if (answer.redirected || answer.status === 401 || answer.status === 403) { say(text.textLoggedOut, true); running = false; return; }
        if (!answer.ok) throw new Error(answer.status);
        const now = new Date();
        say(`${text.textSaved} ${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
        if (changed) wait = WAIT;
      } catch {
        changed = true;
        say(text.textUnsaved, true);
        wait = RETRY;
      }
      running = false;
      if (wait) timer = setTimeout(save, wait);
    };

    const later = (event) => {
      if (event.target.type === "file") return;
      changed = true;
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    addEventListener("online", () => { if (changed) save(); });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
})();
