// Pictures of a document's pages: larger, smaller, turned. Without it they are simply shown.
(() => {
  "use strict";
  for (const viewer of document.querySelectorAll("[data-viewer]")) {
    const tools = viewer.querySelector("[data-viewer-tools]");
    if (!tools) continue;
    let zoom = 100;
    let turn = 0;
    const draw = () => {
      for (const picture of viewer.querySelectorAll("img")) {
        const sideways = turn % 180 !== 0;
        picture.style.maxWidth = "none";
        picture.style.height = "auto";
        picture.style.width = `${zoom}%`;
        picture.style.transform = turn ? `rotate(${turn}deg)` : "";
        // A picture lying on its side needs the room of its other edge.
        const spare = sideways ? (picture.clientWidth - picture.clientHeight) / 2 : 0;
        picture.style.marginBlock = spare ? `${spare}px` : "";
      }
    };
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.zoom) zoom = Math.max(25, Math.min(400, zoom + 25 * Number(button.dataset.zoom)));
      else turn = (turn + 90) % 360;
      draw();
    });
  }
})();
