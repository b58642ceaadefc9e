// What all pages share. Texts of documents are only ever set as text, never as HTML: markup is
// made by the server alone.
window.fundstelle = (() => {
  "use strict";
  const actions = []; // [selector of a button, what a click on it does]

  // Bidirectional overrides can make a text read as another; spans are cut out before.
  const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

  // Browsers give their clipboard to pages of this computer and to those that come by HTTPS.
  async function written(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed"; // the page does not move to it
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy(button) {
    const label = button.textContent;
    const done = await written(button.dataset.copy);
    button.focus();
    button.textContent = button.dataset[done ? "done" : "failed"];
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function chooseLanguage(button) {
    const language = button.dataset.language;
    document.cookie = `fundstelle-language=${language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  }

  // An own request; its reply has an `error` in the reader's words if it failed.
  async function request(method, path, body) {
    const response = await fetch(path, { method, body }).catch(() => null);
    return response ? reply(response.status, await response.text()) : reply(0, "");
  }

  // What the API has said, with a status of 0 if it said nothing.
  function reply(status, text) {
    if (status in words()) return { error: words()[status] };
    if (!text) return { error: words().lost };
    const { error, ...rest } = JSON.parse(text);
    return error ? { error: explained(error) } : rest;
  }

  function explained({ code, message, hint }) {
    const said = head()?.getAttribute(`data-error-${code}`);
    if (!said) return `${message} ${hint}`;
    return words().detailed.split(" ").includes(code) ? `${said} (${message})` : said;
  }

  // Gradio takes the head line away when the page is left.
  const head = () => document.querySelector(".fs-header");
  const words = () => head()?.dataset ?? {};

  // Gradio does not tell with which status an event of its has failed.
  let status = 0;
  const send = window.fetch;
  window.fetch = async (...asked) => {
    const event = String(asked[0]).includes("/run/predict");
    if (event) status = 0;
    const response = await send(...asked).catch((error) => {
      if (event) (fundstelle.fail ?? fail)(); // of a broken connection Gradio tells no page
      throw error;
    });
    if (event) status = response.status;
    if (event && !fundstelle.fail) (response.ok ? wellAgain : fail)();
    return response;
  };

  // Why no answer came, as far as that is known.
  const lost = () => words()[status] || words().lost;

  const wellAgain = () => document.getElementById("fs-failed")?.remove();

  // Says so on a page that has no better place for it.
  function fail() {
    wellAgain();
    const line = document.createElement("div");
    line.id = "fs-failed";
    line.className = "fs-error";
    line.setAttribute("role", "alert");
    line.textContent = lost();
    document.getElementById("fs-main")?.prepend(line);
  }

  function nameTab() {
    const header = head();
    if (!header) return setTimeout(nameTab, 50);
    document.title = `${header.dataset.title} · Fundstelle`;
  }

  // To the browser the link would lead to another page: Gradio's have a base without a query.
  function skip(event) {
    event.preventDefault();
    const main = document.getElementById("fs-main");
    main.tabIndex = -1;
    main.focus();
  }

  // What was chosen on a page stands in its address, so that the way back leads to it.
  function remember(chosen) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(chosen)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    history.replaceState(history.state, "", url);
    here = address();
  }

  // Whoever types before the page's first answer is there keeps what was typed.
  function fill(box, value) {
    if (!value || box.value) return;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true })); // tells Gradio
  }

  const chosen = (name) => new URLSearchParams(location.search).get(name) || "";

  // Whoever comes back to a page finds it where it was left.
  const address = () => location.pathname + location.search;
  let here = address(); // what is on the screen; on the way back the address is ahead of it
  let top = 0;
  const place = () => `fundstelle-scroll:${here}`;

  // Where the content stands on the screen: what is above it may grow after it has come. While
  // a page is left, Gradio may have taken it away.
  function look() {
    const shown = document.getElementById("fs-shown");
    if (shown) top = shown.getBoundingClientRect().top;
  }

  function leave() {
    look();
    sessionStorage.setItem(place(), String(top));
  }

  function comeBack() {
    here = address();
    const left = sessionStorage.getItem(place());
    sessionStorage.removeItem(place());
    // By a link to it one comes to its beginning.
    const [{ type }] = performance.getEntriesByType("navigation");
    if (left === null || type === "navigate") return;
    const scroll = () => {
      look();
      scrollBy(0, top - Number(left));
    };
    scroll();
    requestAnimationFrame(scroll); // when what is above has its height
  }

  history.scrollRestoration = "manual"; // the browser's own comes before there is any content
  addEventListener("scroll", look, { passive: true });
  addEventListener("pagehide", leave);

  document.addEventListener("click", (event) => {
    if (event.target.matches(".fs-skip")) skip(event);
    const button = event.target.closest("button");
    if (event.target.matches("dialog")) event.target.close(); // a click beside the sheet
    if (!button) return;
    const found = actions.find(([selector]) => button.matches(selector));
    if (found) found[1](button);
  });
  actions.push([".fs-copy", copy], [".fs-tongue", chooseLanguage]);
  actions.push([".fs-close", (button) => button.closest("dialog").close()]);
  nameTab();
  return { actions, chosen, comeBack, fill, leave, lost, plain, remember, reply, request };
})();
