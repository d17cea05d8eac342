// A signature drawn with a finger: strokes as whole numbers on a field of 300 by 120, kept short.
(() => {
  "use strict";
  const pad = document.querySelector("[data-sign]");
  if (!pad) return;
  const LONGEST = 12000; // characters the server takes
  const NEAR = 2; // steps shorter than this are not kept
  const line = pad.querySelector("path"), field = pad.closest("form").elements.strokes;
  let strokes = "", drawing = false, last = [0, 0];

  const point = (event) => {
    const box = pad.getBoundingClientRect();
    const whole = (share, most) => Math.max(0, Math.min(most, Math.round(share * most)));
    return [whole((event.clientX - box.left) / box.width, 300), whole((event.clientY - box.top) / box.height, 120)];
  };
  const keep = (letter, at) => {
    const more = `${strokes && " "}${letter} ${at[0]} ${at[1]}`;
    if (strokes.length + more.length > LONGEST) return;
    strokes += more;
    last = at;
    line.setAttribute("d", strokes);
    field.value = strokes;
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    keep("M", point(event));
    keep("L", last); // a dot is seen, too
  });
  pad.addEventListener("pointermove", (event) => {
    const at = point(event);
    if (drawing && Math.hypot(at[0] - last[0], at[1] - last[1]) >= NEAR) keep("L", at);
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = false; });
  document.querySelector("[data-sign-clear]").addEventListener("click", () => {
    strokes = "";
    line.setAttribute("d", "");
    field.value = "";
  });
})();
