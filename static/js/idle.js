// Warns two minutes before the idle log-out of a staff session; any request keeps it.
(() => {
  "use strict";
  const dialog = document.getElementById("idle-dialog");
  if (!dialog) return;
  const LIMIT = Number(dialog.dataset.idleMinutes) * 60;
  const WARN = Math.min(120, LIMIT / 2);
  const KEY = "last-request"; // shared by the tabs of one browser
  const now = () => Date.now() / 1000;
  let last = now();
  const touch = () => {
    last = now();
    try { localStorage.setItem(KEY, String(last)); } catch { /* private window */ }
  };
  const latest = () => { try { return Math.max(last, Number(localStorage.getItem(KEY)) || 0); } catch { return last; } };
  touch();
  document.addEventListener("htmx:afterRequest", touch);

  dialog.addEventListener("close", async () => {
    if (latest() + LIMIT <= now()) return;
    const answer = await fetch(location.href, { method: "HEAD" }).catch(() => null);
    if (answer && !answer.redirected) touch();
    else location.assign(dialog.dataset.loginUrl);
  });

  setInterval(() => {
    const left = Math.round(latest() + LIMIT - now());
    if (left <= 0) location.assign(`${dialog.dataset.loginUrl}?next=${encodeURIComponent(location.pathname + location.search)}`);
    else if (left <= WARN && !dialog.open) dialog.showModal();
    else if (left > WARN && dialog.open) dialog.close();
    if (dialog.open) dialog.querySelector("[data-idle-left]").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }, 1000);
})();
