// The Ask page in the browser.
(() => {
  "use strict";
  const { actions, plain, request } = fundstelle;
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

  let open = null; // the document in the dialog, as the server has it

  function fillDialog(dialog, found, start, end) {
    open = found;
    const warning = dialog.querySelector(".fs-warning");
    const body = dialog.querySelector(".fs-text");
    dialog.querySelector("h2 bdi").textContent = plain(found.title);
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
    const told = button.closest(".fs-card").querySelector(".fs-meta").cloneNode(true);
    dialog.querySelector(".fs-meta").replaceWith(told);
    dialog.querySelector(".fs-whole").href =
      `./sources?doc=${encodeURIComponent(doc)}&start=${start}&end=${end}`;
    dialog.querySelector(".fs-warning").hidden = true;
    dialog.querySelector(".fs-said").replaceChildren();
    open = null;
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

  const box = () => document.querySelector("#fs-question textarea");
  const form = () => document.querySelector("#fs-filters form");
  let ticket = "";
  let slow = 0;

  // The answer. What is in here is the server's markup, where every text is escaped. The element
  // is ours: when Gradio draws its part of the page anew, it is put back with all that was done
  // in it.
  const shown = document.createElement("div");
  shown.id = "fs-shown";
  shown.setAttribute("aria-live", "polite");
  new MutationObserver(() => {
    const place = document.getElementById("fs-place");
    if (place && shown.parentElement !== place) place.append(shown);
  }).observe(document.documentElement, { childList: true, subtree: true });

  function show(html, answered) {
    if (answered !== ticket) return; // something else was asked since
    shown.innerHTML = html;
    setBusy(false);
    restoreFilters();
    showHistory();
    tint();
    fundstelle.comeBack();
  }

  // No answer came, not even a sentence that says why.
  function fail() {
    const line = document.createElement("div");
    line.className = "fs-error";
    line.setAttribute("role", "alert");
    line.textContent = fundstelle.lost();
    shown.replaceChildren(line);
    setBusy(false);
  }

  function setBusy(busy) {
    shown.setAttribute("aria-busy", String(busy));
    clearTimeout(slow);
    document.querySelector(".fs-cancel")?.remove();
    if (busy) slow = setTimeout(offerToCancel, 700);
  }

  function offerToCancel() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fs-cancel fs-action";
    button.textContent = document.getElementById("fs-dialog").dataset.cancel;
    shown.before(button);
  }

  function cancel() {
    request("POST", "./api/cancel", JSON.stringify({ ticket }));
  }

  // What is asked, from the query of an address, which holds question and filters.
  function body(given) {
    const doc = given.get("doc");
    const asked = {
      question: given.get("q") || "",
      lang: given.getAll("lang"),
      doc: doc ? [doc] : [],
      since: given.get("since") || "",
      until: given.get("until") || "",
      tag: given.getAll("tag"),
    };
    ticket = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2).padEnd(8, "0");
    return [JSON.stringify(asked), ticket];
  }

  function address(question) {
    const url = new URL(location.pathname, location.href);
    if (question.trim()) url.searchParams.set("q", question);
    for (const [name, value] of form() ? new FormData(form()) : []) {
      if (value) url.searchParams.append(name, value);
    }
    return url;
  }

  function ask() {
    if (shown.getAttribute("aria-busy") === "true") cancel(); // the one before
    const url = address(box().value);
    // What is too long for an address is asked all the same.
    if (url.href.length < 8000 && url.search !== location.search) {
      fundstelle.leave();
      history.pushState(null, "", url);
    }
    setBusy(true);
    keep(box().value);
    return body(url.searchParams);
  }

  function restoreFilters() {
    const given = new URLSearchParams(location.search);
    if (!form() || form().dataset.restored) return;
    form().dataset.restored = "yes";
    for (const input of form().querySelectorAll("input")) {
      if (input.type === "checkbox") input.checked = given.getAll("lang").includes(input.value);
      else input.value = given.get(input.name) || "";
      if (input.type === "checkbox" ? input.checked : input.value) {
        form().closest("details").open = true;
      }
    }
  }

  // Questions are kept in this browser only, and only if the reader says so.
  const HISTORY = "fundstelle-questions";
  const kept = () => JSON.parse(localStorage.getItem(HISTORY) || "null");

  function keep(question) {
    const before = kept();
    if (!before || !question.trim()) return;
    const all = [question.trim(), ...before.filter((one) => one !== question.trim())];
    localStorage.setItem(HISTORY, JSON.stringify(all.slice(0, 20)));
  }

  function showHistory() {
    const history = document.querySelector(".fs-history");
    if (!history) return;
    const questions = kept();
    history.querySelector(".fs-keep").checked = questions !== null;
    history.querySelector("h3").hidden = !questions?.length;
    history.querySelector(".fs-forget").hidden = !questions?.length;
    history.querySelector("ul").replaceChildren(...(questions || []).map((question) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "fs-example";
      button.dir = "auto";
      button.textContent = plain(question);
      item.append(button);
      return item;
    }));
  }

  function askExample(button) {
    keep(button.textContent);
    location.assign(address(button.textContent)); // with the filters that are chosen
  }

  function forget() {
    localStorage.setItem(HISTORY, "[]");
    showHistory();
  }

  function judge(button) {
    const line = button.closest(".fs-judging");
    tell(line, button.dataset.verdict, JSON.parse(line.dataset.places));
  }

  // Keeps a verdict, and says so in `line` with a way back.
  async function tell(line, verdict, places) {
    const { question, lang, thanks, undo } = document.querySelector(".fs-judging").dataset;
    const told = JSON.stringify({ question, lang, verdict, places });
    const before = [...line.childNodes];
    const buttons = [...line.querySelectorAll("button")];
    if (buttons.some((one) => one.disabled)) return; // the second of two clicks
    for (const one of buttons) one.disabled = true;
    const { id, error } = await request("POST", "./api/feedback", told);
    for (const one of buttons) one.disabled = false;
    line.replaceChildren(error || thanks, " ");
    if (error) return;
    const back = document.createElement("button");
    back.type = "button";
    back.className = "fs-action";
    back.textContent = undo;
    back.addEventListener("click", async () => {
      await request("DELETE", `./api/feedback/${id}`);
      line.replaceChildren(...before);
      line.querySelector("button")?.focus();
    });
    line.append(back);
    back.focus();
  }

  // The code points of the stored text before a place in the text as shown.
  function storedOffset(text, shownUnits) {
    let units = 0;
    let points = 0;
    for (const char of text) {
      if (units >= shownUnits) break;
      units += plain(char).length;
      points += 1;
    }
    return points;
  }

  function selectedPlace() {
    const body = document.querySelector("#fs-dialog .fs-text");
    const choice = getSelection();
    const inside = [choice.anchorNode, choice.focusNode].every((node) => body.contains(node));
    if (!open || choice.isCollapsed || !inside) return null;
    const range = choice.getRangeAt(0);
    const before = document.createRange();
    before.setStart(body, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    const end = start + range.toString().length;
    const [from, to] = [start, end].map((units) => storedOffset(open.text, units));
    return { doc: open.doc_id, start: from, end: to };
  }

  // Whoever finds in a document what the answer lacks selects it there.
  document.addEventListener("selectionchange", () => {
    const dialog = document.getElementById("fs-dialog");
    if (!dialog?.open) return;
    const able = document.querySelector(".fs-judging") && selectedPlace();
    dialog.querySelector(".fs-pointed").hidden = !able;
  });

  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".fs-pointed")) event.preventDefault(); // the selection stays
  });

  function point(button) {
    const place = selectedPlace();
    button.hidden = true;
    if (place) tell(document.querySelector("#fs-dialog .fs-said"), "missing", [place]);
  }

  function save(button) {
    const { name, type, content } = button.dataset;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function tint() {
    const wanted = localStorage.getItem("fundstelle-tint") !== "off";
    shown.classList.toggle("fs-plain", !wanted);
    const box = document.querySelector(".fs-tinting");
    if (box) box.checked = wanted;
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches(".fs-tinting")) {
      localStorage.setItem("fundstelle-tint", target.checked ? "on" : "off");
      tint();
    } else if (target.matches(".fs-keep")) {
      if (target.checked) localStorage.setItem(HISTORY, "[]");
      else localStorage.removeItem(HISTORY);
      showHistory();
    }
  });

  addEventListener("popstate", () => location.reload()); // every question has its own address
  actions.push([".fs-chip", showCard], [".fs-open", openDocument], [".fs-verdict", judge]);
  actions.push([".fs-example", askExample], [".fs-forget", forget], [".fs-save", save]);
  actions.push([".fs-print", () => print()], [".fs-cancel", cancel], [".fs-pointed", point]);

  Object.assign(fundstelle, {
    arrive: () => {
      box().dir = "auto";
      fundstelle.fill(box(), fundstelle.chosen("q"));
      if (location.search) setBusy(true);
      return body(new URLSearchParams(location.search));
    },
    ask,
    show,
    fail,
  });
})();
