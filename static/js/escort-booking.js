// In the search for a hospital, Enter takes the first one found instead of sending the form.
(() => {
  "use strict";
  let searching = false, waiting = false;
  const takeFirst = () => {
    waiting = false;
    const first = document.querySelector("#hospital-results input[type=radio]:not(:checked)");
    if (!first) return;
    first.checked = true;
    first.focus();
    first.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("input", (event) => { if (event.target.matches("[data-hospital-words]")) searching = true; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "hospital-results") return;
    searching = false;
    if (waiting) takeFirst();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-hospital-words]")) return;
    event.preventDefault();
    if (searching) waiting = true;
    else takeFirst();
  });
})();
