// Keys of the queue: j/k or arrows move, Enter opens, x selects, / searches. Rows are tr[data-href] of a table whose
// data-queue says "off" where the officer switched the keys off (WCAG 2.1.4).
(() => {
  "use strict";
  const table = document.querySelector("[data-queue]");
  if (!table) return;
  const enabled = table.dataset.queue !== "off";

  const rows = () => [...table.querySelectorAll("tbody tr[data-href]")];
  let at = -1;
  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    at = Math.max(0, Math.min(list.length - 1, at + step));
    list.forEach((row, index) => row.classList.toggle("current", index === at));
    const link = list[at].querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
    list[at].scrollIntoView({ block: "nearest" });
  };
  const tick = () => {
    const box = rows()[at]?.querySelector("input[type=checkbox]");
    if (box) box.click();
  };

  document.addEventListener("keydown", (event) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]")) return;
    const acts = {
      j: () => move(1),
      k: () => move(-1),
      x: tick,
      "/": () => document.querySelector("[data-queue-search], [role=search] input[type=search], [role=search] input[type=text]")?.focus(),
    };
    // A Korean keyboard sends ㅓ ㅏ ㅌ for j k x.
    const key = { ㅓ: "j", ㅏ: "k", ㅌ: "x", ArrowDown: "j", ArrowUp: "k" }[event.key] || event.key;
    if (event.key.startsWith("Arrow") && !table.contains(event.target)) return;
    if (key === "Enter" && at >= 0 && !event.target.closest("a, button, summary, input")) { location.assign(rows()[at].dataset.href); return; }
    if (!acts[key]) return;
    event.preventDefault();
    acts[key]();
  });

  // Select all, the number selected, and the marked rows.
  const all = table.querySelector("[data-select-all]");
  const boxes = () => [...table.querySelectorAll("tbody input[type=checkbox]")];
  const refresh = () => {
    const chosen = boxes().filter((box) => box.checked);
    for (const box of boxes()) box.closest("tr").classList.toggle("selected", box.checked);
    for (const place of document.querySelectorAll("[data-selected-count]")) place.textContent = chosen.length;
    for (const button of document.querySelectorAll("[data-needs-selection]")) button.disabled = !chosen.length;
    if (all) { all.checked = chosen.length > 0 && chosen.length === boxes().length; all.indeterminate = chosen.length > 0 && !all.checked; }
  };
  table.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    refresh();
  });
  table.addEventListener("focusin", (event) => { const index = rows().indexOf(event.target.closest("tr")); if (index >= 0) at = index; });
  refresh();
})();
