// Comfort only: every page works without this file.
"use strict";

// A second click on a button that already sends does nothing, for ten seconds.
const revive = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = form.dataset.gone = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  setTimeout(() => revive(form), 10000);
});
// A page out of the browser's memory may send again; with nothing typed or sent it is asked for anew.
const isTyped = (one) => one.tagName === "SELECT" ? one.selectedIndex > 0 && !one.selectedOptions[0].defaultSelected
  : one.checked !== one.defaultChecked || !/hidden|submit|button/.test(one.type) && one.value !== one.defaultValue;
window.addEventListener("pageshow", ({ persisted }) => {
  for (const form of document.querySelectorAll("form[data-sent]")) revive(form);
  const isKept = sent || [...document.forms].some((form) => form.dataset.gone || form.dataset.queue || [...form.elements].some(isTyped));
  if (persisted && !isKept) location.replace(location.pathname + location.search);
});

// Who signs out leaves nothing of theirs on this device. Somebody else's unsaved text stays theirs.
document.addEventListener("submit", (event) => {
  const { person } = event.target.dataset;
  if (!person) return;
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(`tisserand:${person}:`));
    if (kept.length && !confirm("Du texte n’est pas encore enregistré. Se déconnecter l’efface de cet appareil. Continuer ?")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    for (const key of kept) localStorage.removeItem(key);
    // With nobody's words left, the browser may be told to empty its storage.
    if (!localStorage.length) event.target.elements.vide.value = "oui";
  } catch { /* storage is switched off: nothing is kept */ }
}, true);

// Who is signed in, and the form that this page answers.
const SENT = "tisserand:envoi", owner = document.querySelector("form[data-person]")?.dataset.person;
let sent = null;
if (owner) try {
  sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
} catch { /* storage is switched off */ }

// Seconds since the page came. Neither a wrong clock nor a sleep counts: the later measure holds.
const began = { steady: performance.now(), clock: Date.now() };
const elapsed = () => Math.max(performance.now() - began.steady, Date.now() - began.clock) / 1000;

// The end of the sign-in, by the server's clock. What somebody does in the page puts it off, and one press once it is
// near; a page left alone only asks.
const mine = document.querySelector("form[data-left]");
let endsAt = elapsed() + Number(mine?.dataset.left), isOver = false, isLast = false;
const ending = () => !isOver && endsAt - elapsed() < 300;
const presence = async (method) => {
  const reply = await fetch("/compte/presence", { method, redirect: "manual" }).catch(() => null);
  const now = reply?.ok && await reply.json();
  // Without an answer nothing new is known.
  if (now || reply?.type === "opaqueredirect") {
    isOver = !now || now.person !== owner;
    if (!isOver) endsAt = elapsed() + now.left;
    if (method === "POST") isLast = ending();
  }
  document.dispatchEvent(new Event("presence"));
};
const stay = () => presence("POST");
if (mine) {
  let isActive = false, asked = 0;
  for (const act of ["pointerdown", "keydown", "wheel", "input"]) addEventListener(act, () => { isActive = true; }, { capture: true, passive: true });
  // Near the end the server is asked: another tab may have put it off. Once it is over, only coming back to the page asks.
  const look = (back) => {
    if (isActive && endsAt > elapsed() && elapsed() - asked > 120) { isActive = false; asked = elapsed(); stay(); }
    else if (ending() || isOver && back) presence("GET");
  };
  setInterval(look, 60000, false);
  document.addEventListener("visibilitychange", () => look(document.visibilityState === "visible"));
}

// The last three days before a deadline, counted down from the server's clock.
for (const line of document.querySelectorAll(".deadline [role=timer]")) {
  const end = Number(line.parentElement.dataset.left);
  if (end <= 0) continue;
  const tick = () => {
    const left = Math.max(0, Math.floor(end - elapsed()));
    const [days, hours, minutes, seconds] = [left / 86400, (left / 3600) % 24, (left / 60) % 60, left % 60].map(Math.floor);
    const parts = days ? [days > 1 && `${days} jours`, days === 1 && "1 jour", `${hours} h`]
      : hours ? [`${hours} h`, `${minutes} min`] : minutes >= 10 ? [`${minutes} min`] : [`${minutes} min`, `${seconds} s`];
    const text = left > 3 * 86400 ? "" : left ? `Il reste ${parts.filter(Boolean).join(" ")}.` : "Le temps est écoulé.";
    if (line.textContent !== text) line.textContent = text;
  };
  tick();
  setInterval(tick, 1000);
}

// Words of a long answer, counted as the server counts them.
for (const area of document.querySelectorAll("textarea[data-words]")) {
  const most = Number(area.dataset.words);
  const count = document.getElementById(area.id.replace("champ-", "mots-"));
  if (!count) continue;
  const tell = () => {
    const words = area.value.split(/\p{White_Space}+/u).filter((word) => /[\p{Alphabetic}\p{N}]/u.test(word)).length;
    const over = words - most;
    const written = `${words} mot${words > 1 ? "s" : ""}`;
    count.textContent = over > 0 ? `${written} : ${over} de trop (${most} au plus)` : `${written} sur ${most} au plus`;
    count.classList.toggle("over", over > 0);
  };
  area.addEventListener("input", tell);
  document.addEventListener("filled", tell);
  tell();
}

// The budget's two sides, added up while typing.
const cents = (text) => {
  const found = /^(\d{1,13})(?:[,.](\d{1,2}))?$/.exec(text.replace(/[\s€]/gu, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] || "").padEnd(2, "0")) : 0;
};
const euros = (amount) => new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", minimumFractionDigits: amount % 100 ? 2 : 0 }).format(amount / 100);
const budget = document.querySelector("[data-budget]");
if (budget) {
  const balance = document.querySelector("[data-balance]");
  const add = () => {
    const totals = [...budget.querySelectorAll("[data-part]")].map((part) => {
      const total = [...part.querySelectorAll("[data-amount]")].reduce((sum, input) => sum + cents(input.value), 0);
      const shown = part.querySelector("[data-total]");
      if (shown) shown.textContent = euros(total);
      return { side: part.dataset.part, total };
    });
    if (!balance) return;
    const side = (name) => totals.reduce((sum, part) => sum + (part.side === name ? part.total : 0), 0);
    const sides = { expense: side("expense"), income: side("income") + Number(balance.dataset.given || 0) };
    const gap = sides.expense - sides.income;
    for (const sum of balance.querySelectorAll("[data-side]")) sum.textContent = euros(sides[sum.dataset.side]);
    balance.classList.toggle("off", gap !== 0);
    balance.querySelector("[data-says]").textContent = gap === 0
      ? "Le budget est équilibré."
      : gap > 0 ? `Il manque ${euros(gap)} de ressources.` : `Il y a ${euros(-gap)} de ressources en trop.`;
  };
  budget.addEventListener("input", add);
  document.addEventListener("filled", add);
}
