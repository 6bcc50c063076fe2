// What a page does for texts that do not save by themselves. It comes after site.js.
"use strict";

// A long text of a form marked `data-keep` stays on this device until its form was taken: until the next page says so.
if (owner) try {
  const MONTH = 30 * 86400000;
  // What a form says it is about, a file or a person, is part of the place: no text comes back under another one.
  const about = ({ dataset, elements }) => elements[dataset.about] ? elements[dataset.about].value.trim().toUpperCase() + "#" : "";
  const place = (form) => `tisserand:${owner}:texte:${form.getAttribute("action")}#${form.dataset.keep || ""}#${about(form)}`;
  if (sent && document.querySelector("main > [role=status] > .notice.success")) {
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith(sent))) localStorage.removeItem(key);
  }
  document.addEventListener("submit", ({ target }) => {
    if (target.method === "post") sessionStorage.setItem(SENT, place(target));
  });
  for (const area of document.querySelectorAll("form[data-keep] textarea")) {
    const { form } = area;
    let key, was, found = null;
    const look = () => {
      key = place(form) + area.name;
      const kept = JSON.parse(localStorage.getItem(key));
      const isKept = kept && Date.now() - kept.at < MONTH, isSame = isKept && kept.was === area.defaultValue;
      // Of a page refused with what was typed, what it showed at first is still what counts.
      was = isSame || (isKept && sent === place(form)) ? kept.was : area.defaultValue;
      if (isSame && kept.text !== area.value) {
        area.value = kept.text;
        area.closest("details")?.setAttribute("open", "");
        const said = Object.assign(document.createElement("p"), { className: "small muted", textContent: "Texte retrouvé sur cet appareil : il n’est pas encore envoyé." });
        said.setAttribute("role", "status");
        area.after(said);
        if (about(form) !== "#") found = said;
      } else if (kept && was !== kept.was) localStorage.removeItem(key);
    };
    const keep = () => {
      try { localStorage.setItem(key, JSON.stringify({ was, text: area.value, at: Date.now() })); } catch { /* no room */ }
    };
    look();
    area.addEventListener("input", keep);
    // A text found again stays with what it was written about; one just typed goes along.
    form.elements[form.dataset.about]?.addEventListener("change", () => {
      if (found) {
        found.remove();
        found = null;
        area.value = area.defaultValue;
      }
      if (!area.value) look();
      else if (about(form) !== "#") {
        localStorage.removeItem(key);
        key = place(form) + area.name;
        keep();
      }
    });
  }
} catch { /* storage is switched off: nothing is kept */ }

// The end of the sign-in, said before it comes and once it is there. A form that saves by itself says it in its own words.
if (mine && !document.querySelector("[data-queue]")) {
  const [box, notice, inside, said, way] = ["div", "div", "div", "p", "button"].map((tag) => document.createElement(tag));
  box.setAttribute("role", "status");
  box.style.cssText = "position:sticky;bottom:0";
  notice.className = "notice warning";
  way.className = "button";
  way.addEventListener("click", () => { if (isOver) open("/compte"); else stay(); });
  notice.append(inside);
  document.querySelector("main").append(box);
  document.addEventListener("presence", () => {
    const text = isOver ? "Votre session est terminée. Rien de ce qui est écrit ici n’est perdu." : ending() ? `Votre session se termine dans quelques minutes${isLast ? " et ne peut pas durer davantage" : ""}. Rien ne sera perdu.` : "";
    if (said.textContent === text) return;
    said.textContent = text;
    way.textContent = isOver ? "Se reconnecter (nouvel onglet)" : "Rester connecté·e";
    inside.replaceChildren(said, ...(isLast ? [] : [way]));
    box.replaceChildren(...(text ? [notice] : []));
  });
}
