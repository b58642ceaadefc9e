// The Documents page in the browser: files that are dropped, removed and brought back.
(() => {
  "use strict";
  const { actions, plain, reply, request } = fundstelle;
  const element = (id) => document.getElementById(id);
  // A reply may arrive while the page is being left, when Gradio has taken its parts away.
  const refresh = () => element("fs-refresh")?.click();

  // One line in the list of notices; it is text, whatever a file is called.
  function notice(text) {
    const line = document.createElement("li");
    line.append(plain(text));
    element("fs-notices").append(line);
    while (element("fs-notices").children.length > 8) element("fs-notices").firstChild.remove();
    return line;
  }

  function send(file, line) {
    return new Promise((resolve) => {
      const sending = new XMLHttpRequest();
      const bar = document.createElement("progress");
      line.append(" ", bar);
      sending.upload.onprogress = (event) => {
        bar.max = event.total;
        bar.value = event.loaded;
      };
      sending.onloadend = () => {
        bar.remove();
        resolve(reply(sending.status, sending.responseText));
      };
      sending.open("POST", `./api/docs?name=${encodeURIComponent(file.name)}`);
      sending.send(file);
    });
  }

  async function upload(files) {
    const words = element("fs-drop").dataset;
    for (const file of files) {
      const line = notice(`${words.uploading} ${file.name}`);
      const { doc, error } = await send(file, line);
      line.textContent = plain(error ? `${file.name}: ${error}` : `${words.uploaded} ${doc}`);
      line.classList.toggle("fs-bad", Boolean(error));
      refresh();
    }
  }

  function confirmRemoval(button) {
    const dialog = element("fs-confirm");
    dialog.dataset.doc = button.dataset.doc;
    dialog.dataset.title = button.dataset.title;
    dialog.querySelector("bdi").textContent = plain(button.dataset.title);
    dialog.showModal();
  }

  async function remove() {
    const dialog = element("fs-confirm");
    const { doc, title } = dialog.dataset;
    dialog.close();
    const words = element("fs-drop").dataset;
    const { ticket, error } = await request("DELETE", `./api/docs/${encodeURIComponent(doc)}`);
    const line = notice(error || `${words.removed} ${title} `);
    if (!error) {
      const undo = document.createElement("button");
      undo.type = "button";
      undo.className = "fs-undo fs-action";
      undo.dataset.ticket = ticket;
      undo.textContent = words.undo;
      line.append(undo);
      undo.focus();
    }
    refresh();
  }

  async function undo(button) {
    button.disabled = true; // a second click would find nothing to bring back
    const { error } = await request("POST", `./api/trash/${button.dataset.ticket}/restore`);
    button.disabled = false;
    if (error) notice(error);
    else {
      button.closest("li").remove();
      filter()?.focus();
    }
    refresh();
  }

  document.addEventListener("change", (event) => {
    if (event.target.id !== "fs-files") return;
    upload([...event.target.files]);
    event.target.value = "";
  });
  const filter = () => document.querySelector("#fs-filter textarea, #fs-filter input");

  document.addEventListener("input", ({ target }) => {
    if (target === filter()) fundstelle.remember({ filter: target.value });
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (![...(event.dataTransfer?.types || [])].includes("Files")) return;
      event.preventDefault(); // else the browser would open the file
      element("fs-drop").classList.toggle("fs-over", name === "dragover");
      if (name === "drop") upload([...event.dataTransfer.files]);
    });
  }
  actions.push([".fs-remove", confirmRemoval], [".fs-yes", remove], [".fs-undo", undo]);
  actions.push([".fs-no", (button) => button.closest("dialog").close()]);

  fundstelle.arrive = () => {
    fundstelle.fill(filter(), fundstelle.chosen("filter"));
    return [filter().value];
  };
})();
