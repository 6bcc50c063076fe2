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
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  setTimeout(() => revive(form), 10000);
});
// A page that comes back from the browser's memory may send again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) revive(form);
});

// Words of a long answer, counted as the server counts them.
for (const area of document.querySelectorAll("textarea[data-words]")) {
  const most = Number(area.dataset.words);
  const count = document.getElementById(area.id.replace("champ-", "mots-"));
  if (!count) continue;
  const tell = () => {
    const words = area.value.split(/\s+/u).filter(Boolean).length;
    const over = words - most;
    count.textContent = over > 0 ? `${words} mots : ${over} de trop (${most} au plus)` : `${words} mots sur ${most} au plus`;
    count.classList.toggle("over", over > 0);
  };
  area.addEventListener("input", tell);
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
    const gap = side("expense") - side("income");
    for (const sum of balance.querySelectorAll("[data-side]")) sum.textContent = euros(side(sum.dataset.side));
    balance.classList.toggle("off", gap !== 0);
    balance.querySelector("[data-says]").textContent = gap === 0
      ? "Le budget est équilibré."
      : gap > 0 ? `Il manque ${euros(gap)} de ressources.` : `Il y a ${euros(-gap)} de ressources en trop.`;
  };
  budget.addEventListener("input", add);
}

// Reviewer's screen: the arrows left and right go to the file before and after.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector({ ArrowLeft: "a[data-key='prev']", ArrowRight: "a[data-key='next']" }[event.key] || "a[data-key='none']");
  if (link) { event.preventDefault(); link.click(); }
});
