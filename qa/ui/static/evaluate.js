// The Evaluate page in the browser: sends a test set that was chosen.
(() => {
  "use strict";
  const { plain, request } = fundstelle;
  const element = (id) => document.getElementById(id);

  async function upload(file) {
    const words = element("fs-drop").dataset;
    const { tests, error } = await request(
      "POST", `./api/tests?name=${encodeURIComponent(file.name)}`, file,
    );
    const said = error || `${words.added} ${tests}`;
    if (!element("fs-notice")) return; // the page was left meanwhile
    element("fs-notice").textContent = plain(said);
    element("fs-notice").classList.toggle("fs-bad", Boolean(error));
    if (error) return;
    fundstelle.added = tests;
    element("fs-refresh").click();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id !== "fs-files" || !event.target.files.length) return;
    upload(event.target.files[0]);
    event.target.value = "";
  });
})();
