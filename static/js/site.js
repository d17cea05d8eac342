// Small helps for every page. Everything works without them.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const on = (type, handler, capture) => document.addEventListener(type, handler, capture);

  // Menus close with Escape and when the focus or a click leaves them.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!except || !menu.contains(except)) menu.open = false;
    }
  };
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  on("click", (event) => closeMenus(event.target));
  on("focusin", (event) => closeMenus(event.target));

  // A link of the error summary puts the cursor into its field, not merely near it.
  on("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    const group = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const field = group && group.querySelector("input:not([type=hidden]), select, textarea");
    if (!field) return;
    event.preventDefault();
    group.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });

  // KRDS greys a select until it is `.completed`.
  on("change", (event) => {
    if (event.target.matches(".krds-form-select")) event.target.classList.toggle("completed", event.target.value !== "");
  });

  on("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-dismissible]").remove();
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog").close();
  });

  // <form data-confirm="what will happen" data-confirm-label="verb">, or the same on its submit button.
  const confirmFirst = (form, submitter) => {
    const asking = [submitter, form].find((element) => element && element.dataset.confirm);
    const dialog = document.getElementById("confirm-dialog");
    if (!asking || form.dataset.confirmed || !dialog) return false;
    const yes = dialog.querySelector("[data-confirm-yes]");
    yes.dataset.label = yes.dataset.label || yes.textContent;
    dialog.querySelector("[data-confirm-text]").textContent = asking.dataset.confirm;
    yes.textContent = asking.dataset.confirmLabel || yes.dataset.label;
    dialog.returnValue = "no";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(submitter || undefined);
      delete form.dataset.confirmed;
    };
    dialog.showModal();
    return true;
  };

  // One submission a form: a double tap must not send twice. Back from the next page frees it again.
  on("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (confirmFirst(form, event.submitter)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== "post" || form.matches("[data-upload-form], [data-download]")) return; // a download leaves the page as it is
    if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    setTimeout(() => {
      if (event.defaultPrevented) return;
      form.dataset.sent = "yes";
      if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
      if (form.hasAttribute("data-download")) setTimeout(free, 3000, form); // the page stays when a file comes back
    });
  }, true);
  const free = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  };
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));

  const prepare = (root) => {
    for (const select of root.querySelectorAll(".krds-form-select")) select.classList.toggle("completed", select.value !== "");
    for (const button of root.querySelectorAll("[data-dismiss]")) button.hidden = false;
    if (matchMedia("(max-width: 767px)").matches) {
      for (const filter of root.querySelectorAll("[data-phone-closed]")) filter.open = false;
    }
  };
  on("DOMContentLoaded", () => {
    prepare(document);
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  });
  on("htmx:load", (event) => prepare(event.target));

  // A demo account fills the sign-in form with one click.
  on("click", (event) => {
    const button = event.target.closest("[data-fill-email]");
    if (!button) return;
    document.querySelector("input[name=login]").value = button.dataset.fillEmail;
    const password = document.querySelector("input[name=password]");
    password.value = button.dataset.fillPassword;
    password.form.querySelector("[type=submit]").focus();
  });
  on("click", (event) => { if (event.target.closest("[data-print]")) print(); });
})();
