// What all pages share. Texts of documents are only ever set as text, never as HTML: markup is
// made by the server alone.
window.fundstelle = (() => {
  "use strict";
  const actions = []; // [selector of a button, what a click on it does]

  // Bidirectional overrides can make a text read as another; spans are cut out before.
  const plain = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");

  async function copy(button) {
    const label = button.textContent;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function chooseLanguage(button) {
    const language = button.dataset.language;
    document.cookie = `fundstelle-language=${language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  }

  // An own request; errors come back as the API's sentence.
  async function request(method, path, body) {
    const response = await fetch(path, { method, body }).catch(() => null);
    if (response === null) return { error: { message: lost(), hint: "" } };
    return response.json();
  }

  const lost = () => document.querySelector(".fs-header").dataset.lost;

  function nameTab() {
    const header = document.querySelector(".fs-header");
    if (!header) return setTimeout(nameTab, 50);
    document.title = `${header.dataset.title} · Fundstelle`;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target.matches("dialog")) event.target.close(); // a click beside the sheet
    if (!button) return;
    const found = actions.find(([selector]) => button.matches(selector));
    if (found) found[1](button);
  });
  actions.push([".fs-copy", copy], [".fs-tongue", chooseLanguage]);
  actions.push([".fs-close", (button) => button.closest("dialog").close()]);
  nameTab();
  return { actions, lost, plain, request };
})();
