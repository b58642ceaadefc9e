// The Sources page in the browser: centres the passage, turns and enlarges pages.
(() => {
  "use strict";
  const { actions } = fundstelle;
  const WIDTHS = [1000, 1500, 2200];
  let zoom = 0;

  function back() {
    const here = document.referrer && new URL(document.referrer).origin === location.origin;
    if (here && history.length > 1) history.back();
    else location.assign("./");
  }

  function draw(pages) {
    const { doc, page, start, end, label, alt } = pages.dataset;
    const boxes = Number(start) < Number(end) ? `&start=${start}&end=${end}` : "";
    const path = `./api/docs/${encodeURIComponent(doc)}/pages/${page}.png`;
    const image = pages.querySelector("img");
    image.src = `${path}?width=${WIDTHS[zoom]}${boxes}`;
    image.alt = alt.replace("{page}", page);
    image.style.width = `${100 * (1 + zoom / 2)}%`;
    const where = label.replace("{page}", page).replace("{pages}", pages.dataset.pages);
    pages.querySelector(".fs-where").textContent = where;
  }

  function useTool(button) {
    const pages = button.closest(".fs-pages");
    const turn = { previous: -1, next: 1 }[button.dataset.tool] || 0;
    const page = Number(pages.dataset.page) + turn;
    if (page < 1 || page > Number(pages.dataset.pages)) return;
    pages.dataset.page = String(page);
    zoom += { in: 1, out: -1 }[button.dataset.tool] || 0;
    zoom = Math.max(0, Math.min(WIDTHS.length - 1, zoom));
    draw(pages);
  }

  actions.push([".fs-back", back], [".fs-tool", useTool]);
  fundstelle.opened = () => {
    const text = document.querySelector(".fs-body .fs-text");
    const mark = text && text.querySelector("mark");
    // Within its own box, so that the head of the page stays in view.
    if (mark) {
      const middle = mark.offsetTop - text.offsetTop - text.clientHeight / 2;
      text.scrollTop = middle + Math.min(mark.offsetHeight, text.clientHeight) / 2;
    }
    fundstelle.comeBack();
  };
})();
