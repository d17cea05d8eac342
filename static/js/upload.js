// Documents: each chosen file is sent by itself, with its progress shown. Without this file the form is a plain one.
(() => {
  "use strict";
  const text = document.body.dataset;

  const show = (section, words) => {
    const box = section.querySelector("[data-upload-error]");
    const line = document.createElement("p");
    line.textContent = words;
    box.append(line);
  };

  // The page that comes back holds the section again, with the documents and the server's errors.
  const takeOver = (section, html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(section.id);
    if (!fresh) return false;
    for (const part of ["[data-documents]", "[data-upload-error]"]) {
      const before = section.querySelector(part);
      const after = fresh.querySelector(part);
      if (before && after && part === "[data-documents]") before.replaceWith(after);
      else if (before && after) before.append(...after.children);
      else if (before) before.remove();
      else if (after) section.querySelector("[data-upload-form], [data-upload-progress]").before(after);
    }
    section.dispatchEvent(new CustomEvent("documents:changed", { bubbles: true }));
    return true;
  };

  const send = (section, form, file) => new Promise((done) => {
    const row = document.createElement("div");
    const label = document.createElement("span");
    const bar = document.createElement("progress");
    row.className = "upload-item";
    label.textContent = file.name;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    row.append(label, bar);
    section.querySelector("[data-upload-progress]").append(row);

    const data = new FormData(form);
    const field = form.querySelector("input[type=file]").name;
    data.delete(field);
    data.append(field, file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100; };
    request.onloadend = () => {
      row.remove();
      let said = "";
      try { said = JSON.parse(request.responseText).error || ""; } catch { /* a page, not JSON */ }
      const before = section.querySelectorAll("[data-upload-error] p").length;
      const taken = !said && request.status !== 0 && takeOver(section, request.responseText);
      const failed = request.status === 0 || request.status >= 400;
      const told = section.querySelectorAll("[data-upload-error] p").length > before;
      if ((failed || !taken) && !told) show(section, `${file.name}: ${said || text.textUploadFailed}`);
      if (!failed && taken && !told) section.querySelector("[data-upload-status]").textContent = `${file.name} ${text.textUploaded}`;
      done();
    };
    request.send(data);
  });

  document.addEventListener("change", async (event) => {
    const form = event.target.closest("[data-upload-form]");
    if (!form || event.target.type !== "file") return;
    const section = form.closest("[data-upload]");
    const most = Number(section.dataset.maxFiles || Infinity);
    const biggest = Number(section.dataset.maxBytes || Infinity);
    const files = [...event.target.files];
    event.target.value = "";
    section.querySelector("[data-upload-error]").replaceChildren();
    section.setAttribute("aria-busy", "true");
    for (const file of files) {
      if (section.querySelectorAll("[data-documents] > li").length >= most) { show(section, `${file.name}: ${text.textTooMany}`); break; }
      if (file.size > biggest) show(section, `${file.name}: ${text.textTooBig}`);
      else await send(section, form, file);
    }
    section.removeAttribute("aria-busy");
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-upload-delete]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    const section = form.closest("[data-upload]");
    section.querySelector("[data-upload-error]").replaceChildren();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!takeOver(section, await answer.text())) throw new Error(answer.status);
      section.querySelector("input[type=file]")?.focus();
    } catch {
      show(section, text.textUploadFailed);
    }
  });
})();
