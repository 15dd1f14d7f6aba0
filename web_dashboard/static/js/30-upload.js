// Handing over a paper: pages are gathered first, then sent with progress (fetch does not tell how far it is).
{
  const form = document.getElementById("upload");

  function start() {
    const find = (selector) => form.querySelector(selector);
    const [drop, chosen, list, sending, failure] = [
      "[data-drop]", "[data-chosen]", "[data-pages]", "[data-sending]", "[data-upload-error]",
    ].map(find);
    let pages = [];

    const show = (part) => [drop, chosen, sending].forEach((other) => (other.hidden = other !== part));

    function thumbnail(file) {
      if (!file.type.startsWith("image/")) return file.name;
      const image = new Image();
      image.alt = file.name;
      image.onload = () => URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(file);
      return image;
    }

    function removeButton(file) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", "Quitar " + file.name);
      button.addEventListener("click", () => {
        pages = pages.filter((page) => page !== file);
        paint();
      });
      return button;
    }

    function paint() {
      const items = pages.map((file) => {
        const item = document.createElement("li");
        item.append(thumbnail(file), removeButton(file));
        return item;
      });
      list.replaceChildren(...items);
      show(pages.length ? chosen : drop);
    }

    function add(files) {
      failure.hidden = true;
      pages = [...pages, ...files].slice(0, 10);
      paint();
      find("[data-send]").focus();
    }

    function fail(reason) {
      failure.textContent = reason || "No se pudo subir. Fijate si tenés internet y probá de nuevo.";
      failure.hidden = false;
      show(chosen);
    }

    function progressed(event) {
      const percent = event.lengthComputable ? Math.round((event.loaded / event.total) * 100) : 0;
      find("progress").value = percent;
      find("[data-sending-percent]").textContent = percent + "\u00a0%";
      if (percent === 100) sending.querySelectorAll(".steps li")[1].className = "on";
    }

    function finished(request) {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = {};
      }
      if (request.status === 401) location.href = "/entrar?volver=" + encodeURIComponent(location.pathname);
      else if (answer.siguiente) location.href = answer.siguiente;
      else fail(answer.error);
    }

    function send() {
      const body = new FormData();
      for (const field of form.querySelectorAll("input[type=hidden], select")) body.append(field.name, field.value);
      for (const page of pages) body.append("archivos", page);
      find("[data-sending-name]").textContent = pages.length === 1 ? pages[0].name : pages.length + " páginas";
      show(sending);
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", progressed);
      request.addEventListener("load", () => finished(request));
      request.addEventListener("error", () => fail());
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.send(body);
    }

    for (const input of form.querySelectorAll("[data-pick]")) {
      input.addEventListener("change", () => {
        add(input.files);
        input.value = "";
      });
    }
    find("[data-send]").addEventListener("click", send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (pages.length) send();
    });
    for (const kind of ["dragover", "dragleave", "drop"]) {
      form.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length) add(event.dataTransfer.files);
      });
    }
  }

  if (form) start();
}
