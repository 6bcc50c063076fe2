// Comfort only: the page works without this file, by asking for it again.
"use strict";

// The stream says that something changed; the page itself says what this person may see of it.
const follow = document.querySelector("[data-follow]");
const tell = (text) => {
  const state = follow.querySelector("[role=status]");
  if (state.textContent !== text) state.textContent = text;
};

// What somebody is typing stays as it is until it is sent, what was refused until it is put right, and what is on its way
// until it is answered.
const isSending = (part) => part.querySelector("form[data-sent]");
const isBusy = (part) => isSending(part) || part.querySelector("[aria-invalid]") || part.contains(document.activeElement) && document.activeElement.matches("input, select")
  || [...part.querySelectorAll("input:not([type=hidden])")].some((input) => input.value !== input.defaultValue)
  || [...part.querySelectorAll("option:checked")].some((option) => !option.defaultSelected);

// A part that is replaced gives back its place to whoever stands on one of its links or buttons.
const exchange = (part, next) => {
  const places = (whole) => [...whole.querySelectorAll("a[href], button, input, select, summary")];
  const named = (one) => one.tagName + one.textContent;
  const place = places(part).indexOf(document.activeElement);
  const held = place < 0 ? "" : named(document.activeElement);
  const fresh = document.importNode(next, true);
  part.replaceWith(fresh);
  if (place < 0) return;
  const again = places(fresh).find((one) => named(one) === held) || places(fresh)[place];
  if (again) again.focus({ preventScroll: true });
};

const placeCut = (page) => {
  const mark = page.querySelector("#coupe");
  const old = document.getElementById("coupe");
  const after = mark && mark.previousElementSibling && document.getElementById(mark.previousElementSibling.id);
  if (old) old.remove();
  if (after) after.after(document.importNode(mark, true));
};

let running = false;
let again = false;
const refresh = async () => {
  if (running) { again = true; return; }
  running = true;
  try {
    const answer = await fetch(follow.dataset.page, { credentials: "same-origin", headers: { Accept: "text/html", "X-Unattended": "yes" } });
    if (!answer.ok) { tell("Cette page n’est plus à jour : actualisez-la."); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = [...document.querySelectorAll("[data-fresh]")];
    const names = (parts) => parts.map((part) => part.id).join();
    const fresh = [...page.querySelectorAll("[data-fresh]")];
    if (names(known) !== names(fresh) && !known.some(isBusy)) {
      // The answer to what was sent brings the whole page; asking for it now would call that sending off.
      if (!isSending(document)) location.reload();
      return;
    }
    for (const part of known) {
      const next = page.getElementById(part.id);
      if (next && !isBusy(part) && !part.isEqualNode(next)) exchange(part, next);
    }
    placeCut(page);
    tell("En direct");
  } catch { tell("Connexion perdue, nouvel essai…"); } finally {
    running = false;
    if (again) { again = false; refresh(); }
  }
};

if (follow && window.EventSource) {
  const source = new EventSource(follow.dataset.follow);
  source.addEventListener("message", refresh);
  source.addEventListener("error", () => tell(source.readyState === EventSource.CLOSED
    ? "Cette page n’est plus à jour : actualisez-la." : "Connexion perdue, nouvel essai…"));
}
