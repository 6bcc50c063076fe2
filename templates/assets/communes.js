// Communes proposed while one types. Without this file the page beside the field lists them.
"use strict";
(() => {
  let list = null, owner = null, at = -1, timer = 0, last = 0, isChoosing = false;
  const voice = Object.assign(document.createElement("p"), { className: "sr" });
  voice.setAttribute("role", "status");
  document.body.append(voice);
  const close = () => {
    list?.remove();
    list = null;
    at = -1;
    owner?.setAttribute("aria-expanded", "false");
    owner?.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    const input = owner;
    close();
    isChoosing = true;
    input.value = option.dataset.value;
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
    isChoosing = false;
  };
  const move = (by) => {
    const options = [...list.children];
    at = (at + by + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", i === at));
    owner.setAttribute("aria-activedescendant", options[at].id);
  };
  const show = (input, found) => {
    close();
    owner = input;
    if (!found.length) { voice.textContent = "Aucune commune des Hauts-de-France ne commence ainsi."; return; }
    list = Object.assign(document.createElement("ul"), { className: "proposals", id: `communes-${input.id}` });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Communes proposées");
    found.forEach(({ value, hint }, i) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${i}`, textContent: value });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = value;
      option.append(Object.assign(document.createElement("span"), { className: "muted small", textContent: ` ${hint}` }));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      list.append(option);
    });
    input.after(list);
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    voice.textContent = found.length > 1 ? `${found.length} communes proposées` : "1 commune proposée";
  };
  const ask = async (input) => {
    const number = ++last, typed = input.value.trim();
    if (typed.length < 2) { close(); return; }
    try {
      const reply = await fetch(`${input.dataset.communes}?q=${encodeURIComponent(typed)}`, { signal: AbortSignal.timeout(8000) });
      const found = await reply.json();
      if (number === last && document.activeElement === input) show(input, found);
    } catch { close(); }
  };
  const field = (event) => (event.target.matches?.("[data-communes]") ? event.target : null);
  document.addEventListener("focusin", (event) => {
    const input = field(event);
    if (!input || input.getAttribute("role")) return;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" })) input.setAttribute(name, value);
  });
  document.addEventListener("input", (event) => {
    const input = field(event);
    if (!input || isChoosing) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(input), 200);
  });
  document.addEventListener("keydown", (event) => {
    if (!list || field(event) !== owner) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); choose(list.children[at]); }
    else if (event.key === "Escape") close();
  });
  document.addEventListener("focusout", (event) => { if (field(event)) { clearTimeout(timer); last++; close(); } });
})();
