// Reviewing an invoice: the focused field's place lights up on the paper, Enter moves on, edits go in order.
{
  const review = () => document.getElementById("review");
  const LIT = { shade: ".lit-shade", box: ".lit-box" };

  function darken() {
    for (const part of document.querySelectorAll(".lit > *")) {
      part.removeAttribute("d");
      part.removeAttribute("width");
    }
  }

  function light(field) {
    const [x, y, w, h] = field.dataset.box.split(",").map(Number);
    const sheet = document.querySelector(`.sheet[data-page="${Number(field.dataset.boxPage)}"]`);
    if (!sheet) return;
    const margin = 0.004;
    const box = { x: x - margin, y: y - margin, width: w + 2 * margin, height: h + 2 * margin };
    const rectangle = sheet.querySelector(LIT.box);
    for (const [name, value] of Object.entries(box)) rectangle.setAttribute(name, value);
    const hole = `M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z`;
    sheet.querySelector(LIT.shade).setAttribute("d", `M0 0H1V1H0z ${hole}`);
    bringIntoView(sheet, x, y, h);
  }

  function bringIntoView(sheet, x, y, h) {
    const scroll = sheet.closest(".paper-scroll");
    const middle = sheet.offsetTop + (y + h / 2) * sheet.clientHeight;
    scroll.scrollTo({ top: middle - scroll.clientHeight / 2, left: x * sheet.clientWidth - 24 });
  }

  document.addEventListener("focusin", (event) => {
    if (!event.target.dataset) return;
    if (event.target.dataset.box) {
      darken();
      light(event.target);
    }
    if (event.target.matches("[data-picker] input[type=search]")) event.target.select();
    // A list of products closes when the person goes elsewhere.
    for (const list of document.querySelectorAll(".result-list")) {
      if (!list.closest(".line-product").contains(event.target)) list.remove();
    }
  });

  document.addEventListener("click", (event) => {
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) {
      const pages = document.querySelector(".paper-pages");
      const level = Number(pages.dataset.zoomLevel) + Number(zoom.dataset.zoom);
      pages.dataset.zoomLevel = Math.min(3, Math.max(0, level));
    }
    if (event.target.closest("[data-close-dialog]") && event.target.closest("dialog")) {
      event.preventDefault();
      event.target.closest("dialog").close();
    }
  });

  function moveOn(from) {
    const fields = [...review().querySelectorAll("input:not([type=hidden]):not([readonly]), select")];
    const visible = fields.filter((field) => field.offsetParent !== null);
    const next = visible[visible.indexOf(from) + 1] ?? document.getElementById("confirmar");
    next?.focus();
    if (next?.matches("input:not([type=date])")) next.select();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!review()?.contains(field) || !field.matches("input")) return;
    if (event.key === "Escape" && field.matches("[data-picker] input")) {
      field.value = field.defaultValue;
      document.querySelector(".result-list")?.remove();
    }
    if (event.key === "ArrowDown" && field.matches("[data-picker] input")) {
      event.preventDefault();
      field.closest(".line-product").querySelector(".result-list button")?.focus();
    }
    if (event.key !== "Enter" || field.closest(".ending")) return;
    event.preventDefault();
    const first = field.matches("[data-picker] input") && field.closest(".line-product").querySelector(".result-list button");
    if (first) first.click();
    else moveOn(field);
  });

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.(".result-list button");
    if (!button || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
    event.preventDefault();
    const search = button.closest(".line-product").querySelector("input[type=search]");
    if (event.key === "Escape") {
      search.focus();
      button.closest(".result-list").remove();
      return;
    }
    const sibling = event.key === "ArrowDown" ? button.nextElementSibling : button.previousElementSibling;
    (sibling?.matches("button") ? sibling : search).focus();
  });

  // A line's fields stand outside its form, so the form does not hear of their changes by itself.
  document.addEventListener("change", (event) => {
    if (event.target.hasAttribute("form") && review()?.contains(event.target)) event.target.form.requestSubmit();
  });

  // Edits wait for each other; by the time one leaves, the invoice may be a version further.
  document.addEventListener("htmx:before:request", (event) => {
    const body = event.detail.ctx.request.body;
    if (review() && body instanceof URLSearchParams && body.has("version")) body.set("version", review().dataset.version);
  });

  document.addEventListener("htmx:after:swap", () => {
    const dialog = document.querySelector("#dialog dialog[data-open]");
    if (dialog) {
      // Opened once: later swaps leave a dialog that was closed alone.
      dialog.removeAttribute("data-open");
      dialog.showModal();
    }
    // What the server understood is shown as it writes it, e.g. 1.234,50 for 1234,5.
    for (const field of review()?.querySelectorAll(".cell input, .field input") ?? []) {
      if (field !== document.activeElement && field.value !== field.defaultValue) field.value = field.defaultValue;
    }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches("dialog [data-closes-dialog]")) event.target.closest("dialog").close();
  });
}
