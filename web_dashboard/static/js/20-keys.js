// Keys of every page: "/" goes to the search, Escape leaves what is open, Enter moves on while reviewing.
{
  const TYPING = "input, textarea, select, [contenteditable]";

  function visibleSearch() {
    const found = ["main .search-box input", "[data-slash]"].map((selector) => document.querySelector(selector));
    return found.find((input) => input && input.offsetParent !== null);
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !document.activeElement?.matches(TYPING)) {
      const search = visibleSearch();
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (open) {
        closeMenus();
        open.querySelector("summary").focus();
      } else if (document.activeElement?.matches("input[type=search]")) {
        document.activeElement.blur();
      }
    }
  });

  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));

  // A notice says its piece and goes; errors stay until the next one, or a click.
  const toast = document.getElementById("toast");
  if (toast) {
    let leaving;
    new MutationObserver(() => {
      clearTimeout(leaving);
      if (toast.textContent.trim()) leaving = setTimeout(() => toast.replaceChildren(), toast.querySelector(".bad") ? 15000 : 6000);
    }).observe(toast, { childList: true });
    toast.addEventListener("click", () => toast.replaceChildren());
  }

  document.addEventListener("htmx:error", () => {
    if (toast && !navigator.onLine) toast.textContent = "Estás sin conexión. No se guardó el último cambio.";
    else if (toast) toast.textContent = "No pudimos llegar al servidor. Probá de nuevo.";
  });

  if ("serviceWorker" in navigator && isSecureContext) {
    addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
  }
}
