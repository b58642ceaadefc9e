// The Ask page in the browser.
(() => {
  "use strict";
  const { actions, plain } = fundstelle;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function showCard(chip) {
    const card = document.getElementById(chip.dataset.card);
    if (!card) return;
    card.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
    card.focus({ preventScroll: true });
    card.classList.remove("fs-flash");
    void card.offsetWidth; // restarts the animation when the same chip is pressed again
    card.classList.add("fs-flash");
  }

  // Offsets count code points; a JavaScript string counts UTF-16 units.
  function unitOffset(text, codePoints) {
    let units = 0;
    for (let seen = 0; seen < codePoints && units < text.length; seen += 1) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
    }
    return units;
  }

  function markedText(text, start, end) {
    const from = unitOffset(text, start);
    const to = from + unitOffset(text.slice(from), end - start);
    const mark = document.createElement("mark");
    mark.textContent = plain(text.slice(from, to));
    return [plain(text.slice(0, from)), mark, plain(text.slice(to))];
  }

  function fillDialog(dialog, found, start, end) {
    const warning = dialog.querySelector(".fs-warning");
    const body = dialog.querySelector(".fs-text");
    dialog.querySelector("h2 bdi").textContent = plain(found.title);
    dialog.querySelector(".fs-meta").textContent =
      [found.doc, found.date].filter(Boolean).join(" · ");
    warning.hidden = found.file === "same";
    warning.textContent = dialog.dataset[found.file] || "";
    body.lang = found.lang;
    body.replaceChildren(...markedText(found.text, start, end));
    body.querySelector("mark").scrollIntoView({ block: "center" });
  }

  async function openDocument(button) {
    const dialog = document.getElementById("fs-dialog");
    const { doc, start, end } = button.dataset;
    dialog.querySelector("h2 bdi").textContent = "";
    dialog.querySelector(".fs-meta").textContent = "";
    dialog.querySelector(".fs-warning").hidden = true;
    dialog.querySelector(".fs-text").textContent = dialog.dataset.loading;
    dialog.showModal();
    dialog.querySelector(".fs-text").focus();
    const response = await fetch(`api/docs/${encodeURIComponent(doc)}`).catch(() => null);
    if (response && response.ok) {
      fillDialog(dialog, await response.json(), Number(start), Number(end));
    } else {
      dialog.querySelector(".fs-text").textContent = dialog.dataset.failed;
    }
  }

  function setBusy(busy) {
    const shown = document.getElementById("fs-shown");
    shown.setAttribute("aria-live", "polite");
    shown.setAttribute("aria-busy", String(busy));
  }

  // Whoever comes back from a source finds the answer where it was left.
  const place = () => `fundstelle-scroll:${location.search}`;

  function comeBack() {
    const kept = sessionStorage.getItem(place());
    sessionStorage.removeItem(place());
    if (kept !== null) scrollTo(0, Number(kept));
  }

  addEventListener("pagehide", () => sessionStorage.setItem(place(), String(scrollY)));
  addEventListener("popstate", () => location.reload());
  actions.push([".fs-chip", showCard], [".fs-open", openDocument]);

  // Every question has its own address; Back asks the one before.
  Object.assign(fundstelle, {
    question: () => new URLSearchParams(location.search).get("q") || "",
    remember: (question) => {
      const url = new URL(location.href);
      if (question.trim()) url.searchParams.set("q", question);
      else url.searchParams.delete("q");
      if (url.href.length < 8000 && url.href !== location.href) history.pushState(null, "", url);
      setBusy(true);
      return [question];
    },
    settled: () => { setBusy(false); comeBack(); },
  });
})();
