// The editor of a report's section: warns before unsaved text is left, keeps it for this window (a session may end
// while one writes), puts figures where the cursor is. Everything can be written and saved without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  const box = form && form.querySelector("textarea");
  if (!box) return;
  const KEY = `unsaved:${location.pathname}`;
  const kept = {
    read: () => { try { return sessionStorage.getItem(KEY); } catch { return null; } },
    write: (text) => { try { sessionStorage.setItem(KEY, text); } catch { /* private window, or full */ } },
    drop: () => { try { sessionStorage.removeItem(KEY); } catch { /* private window */ } },
  };
  const served = box.defaultValue;
  const note = form.querySelector("[data-unsaved-note]");
  const isUnsaved = () => form.hasAttribute("data-unsaved") || box.value !== served;
  const same = (one, other) => one.replace(/\r\n/g, "\n").trim() === other.replace(/\r\n/g, "\n").trim();
  let sending = false;
  let timer = 0;

  const keep = () => { if (isUnsaved()) kept.write(box.value); else kept.drop(); };
  box.addEventListener("input", () => {
    note.hidden = !isUnsaved();
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  form.addEventListener("submit", () => { keep(); sending = true; });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", (event) => {
    if (sending || !isUnsaved()) return;
    keep();
    event.preventDefault();
  });

  // What was left unsaved here before; nothing where it has been saved since.
  const before = kept.read();
  const offer = form.querySelector("[data-kept]");
  if (before !== null && same(before, served)) kept.drop();
  else if (before !== null && !form.hasAttribute("data-unsaved")) offer.hidden = false;
  form.querySelector("[data-kept-take]").addEventListener("click", () => {
    box.value = before;
    offer.hidden = true;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  });
  form.querySelector("[data-kept-drop]").addEventListener("click", () => {
    kept.drop();
    offer.hidden = true;
    box.focus();
  });

  // Figures, tables and days by name.
  for (const button of document.querySelectorAll("[data-insert]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    box.focus();
    // So that it can be taken back with Ctrl+Z; setRangeText cannot.
    if (!document.execCommand("insertText", false, button.dataset.insert)) {
      box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  const filter = document.querySelector("[data-filter]");
  filter.hidden = false;
  filter.querySelector("input").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const line of document.querySelectorAll("[data-filtered] > li")) {
      const text = line.textContent.toLowerCase();
      line.hidden = !words.every((word) => text.includes(word));
      if (!line.hidden) found += 1;
    }
    filter.querySelector("[data-found]").textContent = found;
  });
})();
