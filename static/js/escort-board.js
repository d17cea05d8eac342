// The dispatch board: keys and dragging, and a refresh that never takes anything out of the dispatcher's hands.
// Everything works without it: choosing is a link, assigning a form.
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const AWAKE = 10 * 60 * 1000; // without a hand on it for so long the board stops asking, and the idle log-out comes

  // --- The refresh waits -----------------------------------------------------------------------
  let dragged = null;
  let last = Date.now();
  const state = document.querySelector("[data-board-state]");
  const say = (text) => { if (state.textContent !== text) state.textContent = text; };
  const busy = () => {
    const focus = document.activeElement;
    return dragged || document.querySelector("dialog[open]") || document.hidden
      || Boolean(focus && focus.closest("#waiting .waiting-filter, #lanes a, .board-side form"));
  };
  const touched = () => {
    const slept = Date.now() - last > AWAKE;
    last = Date.now();
    if (slept) { say(""); window.htmx.trigger("#lanes", "wake"); }
  };
  for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, touched, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.target.matches("[data-live]")) return;
    const asleep = Date.now() - last > AWAKE;
    if (asleep) say(document.querySelector("[data-text-paused]").textContent);
    if (asleep || busy()) event.preventDefault();
  });
  // The list is drawn anew under the hand: whoever stood on a line of it stands there again.
  let stood = "";
  document.addEventListener("htmx:beforeSwap", () => { stood = document.activeElement?.id || ""; });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "chosen" || event.target.closest?.("#chosen")) return;
    if (stood.startsWith("waiting-") && document.activeElement === document.body) document.getElementById(stood)?.focus();
  });

  // --- Choosing and assigning by keys ------------------------------------------------------------
  const lines = () => [...document.querySelectorAll("[data-waiting] .waiting-way a")];
  const suggested = () => [...document.querySelectorAll("[data-suggestions] button")];
  const step = (list, by) => {
    const at = list.indexOf(document.activeElement);
    if (at >= 0) list[Math.max(0, Math.min(list.length - 1, at + by))].focus();
  };
  const mark = () => {
    const chosen = new URLSearchParams(location.search).get("trip");
    for (const link of lines()) {
      const is = link.id === `waiting-${chosen}`;
      link.closest("li").classList.toggle("is-chosen", is);
      if (is) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    mark();
    if (event.detail.elt?.id !== "chosen") return;
    (suggested()[0] || document.getElementById("chosen-title"))?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inList = event.target.closest?.("[data-waiting]");
    const inSuggestions = event.target.closest?.("[data-suggestions]");
    if (!inList && !inSuggestions) return;
    const list = inList ? lines() : suggested();
    // A Korean keyboard sends ㅓ and ㅏ for j and k.
    const key = { ㅓ: "j", ㅏ: "k", ArrowDown: "j", ArrowUp: "k" }[event.key] || event.key;
    const acts = { j: () => step(list, 1), k: () => step(list, -1) };
    if (inList) acts["?"] = () => document.getElementById("board-help").showModal();
    if (inSuggestions) acts.Escape = () => (document.querySelector("[data-waiting] [aria-current]") || lines()[0])?.focus();
    if (!acts[key]) return;
    event.preventDefault();
    acts[key]();
  });

  // --- Dragging --------------------------------------------------------------------------------
  if (!board.hasAttribute("data-assign")) return;
  const laneOf = (event) => event.target.closest?.("[data-manager]");
  const over = (lane) => { for (const one of document.querySelectorAll(".lane.is-over")) if (one !== lane) one.classList.remove("is-over"); if (lane) lane.classList.add("is-over"); };
  document.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-trip]");
    if (!item) return;
    dragged = item;
    item.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.trip);
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const lane = laneOf(event);
    over(lane);
    if (lane) { event.preventDefault(); event.dataTransfer.dropEffect = "move"; }
  });
  document.addEventListener("dragend", () => { dragged?.classList.remove("is-dragged"); dragged = null; over(null); });
  document.addEventListener("drop", (event) => {
    const lane = laneOf(event);
    if (!dragged || !lane) return;
    event.preventDefault();
    if (lane.contains(dragged)) return; // let go where it was
    const form = document.getElementById("drop-form");
    form.action = dragged.dataset.trip;
    form.elements.manager.value = lane.dataset.manager;
    form.requestSubmit();
  });
})();
