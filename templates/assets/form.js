// Every change of an application's form is kept on this device at once, then saved by itself. Without this file the
// form saves by its button. One queue per person and application, numbered, in localStorage: unlike IndexedDB it is
// written before the page can die, and all tabs see it. What it does not declare comes from site.js.
"use strict";
(() => {
  const root = document.querySelector("[data-queue]");
  const person = document.querySelector("form[data-person]")?.dataset.person;
  if (!root || !person) return;
  const form = root.matches("form") ? root : null;
  const prefix = `tisserand:${person}:${root.dataset.queue}:`;
  const url = `${location.pathname}/champs`;
  const page = [...crypto.getRandomValues(new Uint8Array(10))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  // Of a review there is one writer, with two tabs or two devices.
  const isAlone = "alone" in root.dataset;
  const device = matchMedia("(pointer: coarse), (max-width: 40rem)").matches ? "ce téléphone" : "cet ordinateur";
  const SAVED = "enregistré", SAVING = "enregistrement…", KEPT = `non enregistré – gardé sur ${device}`;
  const LOST = "non enregistré – ne fermez pas cette page";
  const PAUSE = 800, MONTH = 30 * 86400000;

  // What waits to be saved, by key; `disk` mirrors it.
  const queue = new Map();
  let mode = "online", attempts = 0, count = 0, isFull = false, isLeaving = false;
  const put = (key, entry) => {
    queue.set(key, entry);
    try { localStorage.setItem(key, JSON.stringify(entry)); isFull = false; } catch { isFull = true; }
  };
  const drop = (key) => {
    queue.delete(key);
    try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
  };
  const read = (text) => { try { return JSON.parse(text); } catch { return null; } };
  const waiting = () => [...queue.values()].filter((entry) => entry.held !== "left");
  try {
    for (const key of Object.keys(localStorage).filter((key) => key.startsWith(prefix))) {
      const entry = read(localStorage.getItem(key));
      if (entry?.fields && Date.now() - entry.at < MONTH) queue.set(key, { ...entry, held: entry.held === "left" ? "left" : "", due: 0 });
      else localStorage.removeItem(key);
    }
  } catch { /* storage is switched off: the page itself keeps what is typed */ }

  // What is said: one polite voice, once things have settled, and one banner.
  const make = (tag, names, text = "") => Object.assign(document.createElement(tag), { className: names, textContent: text });
  const voice = make("p", "sr");
  voice.setAttribute("role", "status");
  const banner = make("div", "notice warning save-banner");
  banner.hidden = true;
  const leftovers = make("div", "notice warning left");
  leftovers.hidden = true;
  root.prepend(voice, banner, leftovers);
  let settling;
  const announce = (text) => {
    clearTimeout(settling);
    settling = setTimeout(() => { voice.textContent = text; }, 1200);
  };
  const link = (text, href) => Object.assign(make("a", "button", text), { href });
  const button = (text, act) => {
    const made = make("button", "button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  let shownBanner = "";
  const tell = (text, ...actions) => {
    if (text === shownBanner) return;
    const isNews = text.replace(/\d+/g, "") !== shownBanner.replace(/\d+/g, "");
    shownBanner = text;
    banner.hidden = !text;
    const inside = make("div", "");
    inside.append(make("p", "", text), ...actions);
    banner.replaceChildren(inside);
    if (text && isNews) announce(text);
  };

  // The fields of this page, together as they are saved.
  const units = new Map();
  const controls = (unit) => [...unit.box.querySelectorAll("input[name], select[name], textarea[name]")].filter((one) => !/hidden|file/.test(one.type));
  // What a field says to whoever reads it.
  const spoken = (one) => one.selectedOptions?.[0]?.text ?? (!/checkbox|radio/.test(one.type) ? one.value : one.checked ? one.labels[0]?.firstChild?.textContent.trim() : "");
  const said = (unit) => controls(unit).filter((one) => !/checkbox|radio/.test(one.type) || one.checked).map((one) => [one.name, one.value]);
  // What an earlier page had put in rows that this page does not show.
  const unseen = (unit, entry) => {
    const names = new Set(controls(unit).map((one) => one.name));
    return (entry?.fields || []).filter(([name, value]) => value && !names.has(name));
  };
  const label = (unit) => unit.box.querySelector("legend, label, h2")?.firstChild?.textContent.trim() || "";
  const keyOf = (unit, from) => `${prefix}${location.pathname.split("/").pop()}:${unit.name}:${from}`;
  const entryOf = (unit) => queue.get(unit.key);
  const fill = (unit, fields) => {
    for (const one of controls(unit)) {
      const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
      if (/checkbox|radio/.test(one.type)) one.checked = values.includes(one.value);
      else one.value = values[0] ?? "";
    }
    unit.box.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
  };
  const know = (box) => {
    const name = box.dataset.unit, seen = form.querySelector(`[name="vu-${CSS.escape(name)}"]`);
    if (!seen) return;
    const unit = { name, box, seen, word: make("p", "save-state"), key: "", touched: false, late: null };
    unit.key = [...queue].find(([, entry]) => entry.url === url && entry.unit === name)?.[0] || keyOf(unit, page);
    (box.matches("tr") ? box.querySelector("th") : box).append(unit.word);
    units.set(name, unit);
    const entry = entryOf(unit);
    if (entry?.held === "left") put(unit.key, { ...entry, held: "" });
    if (entry) { unit.touched = true; fill(unit, entry.fields); }
    show(unit);
  };

  // The three words.
  const show = (unit) => {
    const entry = entryOf(unit);
    const word = !entry ? (unit.touched ? SAVED : "") : isFull ? LOST : entry.held || mode !== "online" ? KEPT : SAVING;
    if (unit.word.textContent !== word) unit.word.textContent = word;
    unit.word.dataset.state = { [SAVED]: "saved", [SAVING]: "saving", "": "" }[word] ?? "kept";
    if (word && word !== SAVING && entry?.held !== "contested" && unit.last !== word) announce(`${label(unit)} : ${word}`);
    unit.last = word;
  };
  const showAll = () => {
    units.forEach(show);
    showLeft();
    const elsewhere = waiting().find((entry) => entry.held && entry.url !== url);
    const back = encodeURIComponent(location.pathname);
    const signIn = (text) => link(text, `/connexion?suite=${back}`);
    if (mode === "expired") tell(`Votre session est terminée. Ce que vous avez écrit est gardé sur ${device}.`, signIn("Se reconnecter pour l’enregistrer"));
    else if (mode === "stranger") tell(`Une autre personne s’est connectée sur cet appareil. Ce que vous avez écrit est gardé sur ${device}, rien ne part à son nom.`, signIn("Se reconnecter"));
    else if (/offline|busy/.test(mode) && waiting().length) tell(`${mode === "busy" ? "Le site n’enregistre pas en ce moment" : "Pas de connexion"}. Ce que vous écrivez est gardé sur ${device} et partira tout seul.`, button("Réessayer maintenant", () => flush(true)));
    else if (elsewhere) tell(isAlone ? `L’évaluation de « ${elsewhere.title} » n’est pas toute enregistrée.` : `Une réponse de la rubrique « ${elsewhere.title} » n’est pas enregistrée.`, link(isAlone ? "Ouvrir cette évaluation" : "Ouvrir cette rubrique", elsewhere.url.replace(/\/champs$/, "")));
    else if (ending()) tell(`Votre session se termine dans ${Math.max(1, Math.ceil((endsAt - elapsed()) / 60))} min${isLast ? " et ne peut pas durer davantage" : ""}. Rien ne sera perdu.`, ...(isLast ? [] : [button("Rester connecté·e", stay)]));
    else tell("");
  };
  // What no field takes any more stays in sight until its writer wipes it.
  let shownLeft = "";
  const showLeft = () => {
    const left = [...queue].filter(([, entry]) => entry.held === "left"), now = left.map(([key, entry]) => key + entry.number).join();
    if (now === shownLeft) return;
    shownLeft = now;
    leftovers.hidden = !left.length;
    const inside = make("div", "");
    inside.append(make("h2", "", isAlone ? "Gardé à part, hors de l’évaluation" : "Gardé à part, hors du dossier"));
    left.forEach(([key, { label, title, why, words, fields }], id) => {
      const name = make("label", "", label || title), text = make("textarea", "");
      Object.assign(text, { id: `hors-${id}`, readOnly: true, rows: 4, value: words ?? fields.map(([, value]) => value).join("\n") });
      name.htmlFor = text.id;
      const wipe = button(`Effacer de ${device}`, () => { drop(key); showAll(); });
      wipe.append(make("span", "sr", ` : ${name.textContent}`));
      inside.append(name, make("p", "small", `${why} Copiez-le s’il peut servir ailleurs.`), text, wipe);
    });
    leftovers.replaceChildren(inside);
  };

  // A sentence beside a field, once the person has left it.
  const complain = (unit, wrong) => {
    unit.late = null;
    for (const old of unit.box.querySelectorAll(".error")) {
      unit.box.querySelectorAll(`[aria-describedby~="${CSS.escape(old.id)}"]`).forEach((one) => {
        const rest = one.getAttribute("aria-describedby").split(" ").filter((id) => id && id !== old.id);
        if (rest.length) one.setAttribute("aria-describedby", rest.join(" ")); else one.removeAttribute("aria-describedby");
        one.removeAttribute("aria-invalid");
      });
      old.closest(".field")?.classList.remove("invalid");
      old.remove();
    }
    for (const [name, sentence] of wrong) {
      const field = document.getElementById(`champ-${name}`);
      if (!field || !unit.box.contains(field)) continue;
      const error = make(unit.box.matches("tr") ? "span" : "p", "error block", sentence);
      error.id = `erreur-${name}`;
      error.prepend(make("span", "sr", "Erreur : "));
      if (field.matches("fieldset, section")) field.children[0].after(error);
      else if (unit.box.matches("tr")) unit.word.before(error);
      else (field.closest(".money, .choice") || field).before(error);
      field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), error.id].filter(Boolean).join(" "));
      if (!field.matches("section")) field.setAttribute("aria-invalid", "true");
      field.closest(".field")?.classList.add("invalid");
    }
  };

  // Both texts, and a choice.
  const contest = (unit, theirs) => {
    unit.box.querySelectorAll(".others").forEach((old) => old.remove());
    if (!theirs) return;
    const box = make("div", "notice others"), inside = make("div", "");
    const title = make("p", "notice-title", isAlone ? "Enregistré ailleurs entre-temps" : "Ce qu’a écrit l’autre personne");
    title.id = `autre-${unit.name}`;
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", title.id);
    const choose = (act) => () => {
      contest(unit, null);
      act();
      controls(unit)[0]?.focus();
    };
    const row = make("div", "buttons");
    row.append(button("Garder mon texte", choose(() => change(unit, { mark: theirs.mark }))), button(isAlone ? "Reprendre l’autre texte" : "Reprendre le sien", choose(() => {
      const names = new Set(controls(unit).map((one) => one.name));
      drop(unit.key);
      unit.key = keyOf(unit, page);
      if (theirs.fields.some(([name]) => !names.has(name))) { location.reload(); return; }
      fill(unit, theirs.fields);
      unit.seen.value = theirs.mark;
      complain(unit, []);
      showAll();
    })));
    inside.append(title, make("p", "as-typed", theirs.text), make("p", "small", "Votre texte est toujours dans le champ."), row);
    box.append(inside);
    unit.word.before(box);
    announce(`${label(unit)} : ${isAlone ? "autre chose a été enregistré ailleurs" : "une autre personne a écrit autre chose"}. Choisissez le texte à garder.`);
  };

  // A change is kept before anything else happens to it.
  const change = (unit, { mark, pause = 0 } = {}) => {
    const known = entryOf(unit), before = unit.key;
    unit.key = keyOf(unit, page);
    put(unit.key, {
      url, unit: unit.name, page, number: ++count, mark: mark || known?.mark || unit.seen.value, fields: [...said(unit), ...unseen(unit, known)],
      held: known?.held === "contested" && !mark ? "contested" : "",
      before: mark || !known ? "" : known.page === page ? known.before : `${known.page}.${known.number}`,
      at: known?.at || Date.now(), due: Date.now() + pause, title: document.querySelector("h1").textContent, label: label(unit),
      words: controls(unit).map(spoken).filter(Boolean).join("\n"),
    });
    // What an earlier page left is now this page's.
    if (before !== unit.key) drop(before);
    unit.touched = true;
    showAll();
    plan(pause);
  };
  let timer;
  const plan = (pause) => { clearTimeout(timer); timer = setTimeout(() => flush(), pause + 20); };

  // Sends what waits, the oldest first, one at a time. Gives whether nothing waits any more.
  let running = null, settled = 0;
  const flush = (now) => {
    if (running) return running.then(() => (now ? flush(now) : !waiting().length));
    running = drain(now).finally(() => { running = null; showAll(); });
    return running;
  };
  const drain = async (now) => {
    for (;;) {
      const due = [...queue].filter(([, entry]) => !entry.held).sort(([, a], [, b]) => a.at - b.at || a.number - b.number);
      const next = due.find(([, entry]) => now || entry.due <= Date.now());
      if (!next && due.length && !now) plan(Math.max(0, Math.min(...due.map(([, entry]) => entry.due)) - Date.now()));
      if (!next) return !waiting().length;
      if (!(await send(...next))) return false;
    }
  };
  const fail = (how) => {
    mode = how;
    if (/offline|busy/.test(how)) plan(Math.min(60000, 2000 * 2 ** attempts++) * (0.75 + Math.random() / 2));
    return false;
  };
  const REFUSED = { 413: "Ce texte dépasse 1 Mo : raccourcissez-le.", 404: "Ce dossier ne vous est plus ouvert." };
  const send = async (key, entry) => {
    const body = new URLSearchParams(entry.fields);
    for (const [name, value] of Object.entries({ [`vu-${entry.unit}`]: entry.mark, "envoi-champ": entry.unit, "envoi-page": entry.page, "envoi-numero": entry.number, "envoi-suite": entry.before || "", "envoi-personne": person })) body.append(name, value);
    let reply, answer = null;
    try {
      const keepalive = document.visibilityState === "hidden" && String(body).length < 60000;
      // What is tried again by itself keeps nobody signed in.
      const headers = attempts ? { "X-Unattended": "yes" } : {};
      reply = await fetch(entry.url, { method: "POST", body, headers, redirect: "manual", keepalive, signal: AbortSignal.timeout(20000) });
      if (reply.headers.get("content-type")?.includes("json")) answer = await reply.json();
    } catch { return fail("offline"); }
    if (reply.type === "opaqueredirect") return fail("expired");
    if (reply.status >= 500 || reply.status === 429) return fail("busy");
    if (answer?.state === "somebody_else") return fail("stranger");
    mode = "online";
    attempts = 0;
    if (reply.status >= 400 || !answer || answer.state === "not_asked") { refuse(key, entry, reply.status, answer); return true; }
    if (answer.left) endsAt = elapsed() + answer.left;
    settle(key, entry, answer);
    return true;
  };
  const refuse = (key, entry, status, answer) => {
    const sentence = answer?.wrong[0]?.[1] || REFUSED[status] || "Le site n’a pas pu garder cette réponse. Rechargez la page.";
    const unit = entry.url === url && units.get(entry.unit), present = queue.get(key);
    const isHere = status === 413 && unit;
    if (present?.number === entry.number) put(key, { ...present, held: isHere ? "refused" : "left", why: sentence });
    if (isHere) complain(unit, [[entry.unit, sentence]]); else announce(sentence);
    if (unit) show(unit);
  };

  // What the server said of one change, which may have been typed over meanwhile.
  const settle = (key, entry, answer) => {
    const present = queue.get(key), unit = entry.url === url ? units.get(entry.unit) : null;
    const isLast = present?.number === entry.number;
    const held = { contested: "contested", unreadable: "unreadable" }[answer.state] || "";
    settled += 1;
    if (!held && isLast) drop(key);
    else if (present && held && (isLast || held === "contested")) put(key, { ...present, held });
    else if (present && !held) put(key, { ...present, mark: answer.mark });
    if (!unit) return;
    // Saved with rows that the page is without: it may not write over them before it shows them.
    if (!held && isLast && unseen(unit, entry).length) {
      if (!isFull) { isLeaving = true; location.reload(); }
      return;
    }
    if (!held) unit.seen.value = answer.mark;
    if (held === "contested") {
      // Another page's text, when this field shows nothing of its own.
      if (!entryOf(unit) && present) { unit.key = key; fill(unit, present.fields); }
      contest(unit, { ...answer.theirs, mark: answer.mark });
    } else if (isLast) {
      contest(unit, null);
      const isInside = unit.box.contains(document.activeElement) && document.activeElement.matches("input:not([type=radio], [type=checkbox]), textarea");
      if (answer.wrong.length && isInside) unit.late = answer.wrong; else complain(unit, answer.wrong);
    }
    if (answer.totals) total(answer.totals);
    around(answer);
    show(unit);
    if (!answer.asked) return;
    const shown = [...units.keys()].filter((name) => !/^(montant-|partenaires$)/.test(name));
    if (shown.length !== answer.asked.length || !answer.asked.every((name) => units.has(name))) refresh();
  };
  // What leans on the answer: computed values, and rules between answers.
  const around = ({ computed = [], around: others = [] }) => {
    for (const [name, value] of computed) {
      const output = form.querySelector(`[data-computed="${CSS.escape(name)}"]`);
      if (output) output.textContent = value || output.dataset.empty;
    }
    for (const [name, wrong] of others) {
      const other = units.get(name);
      if (other && !entryOf(other)) complain(other, wrong);
    }
  };
  const total = ({ parts, expense, income, is_even: isEven, sentence, shares, is_over: isOver }) => {
    if (waiting().some((entry) => entry.url === url)) return;
    form.querySelectorAll("[data-total]").forEach((cell, i) => { cell.textContent = parts[i]; });
    const balance = form.querySelector("[data-balance]");
    balance.classList.toggle("off", !isEven);
    for (const [name, text] of Object.entries({ "[data-side=expense]": expense, "[data-side=income]": income, "[data-says]": sentence })) balance.querySelector(name).textContent = text;
    form.querySelectorAll("[data-share]").forEach((said, i) => { said.textContent = shares[i]; });
    form.querySelector("[data-shares]")?.classList.toggle("off", isOver);
  };

  // Questions that an answer brings or takes away, as the server asks them now.
  const fetchPage = async () => {
    const reply = await fetch(location.pathname, { redirect: "manual", signal: AbortSignal.timeout(20000) });
    if (reply.type === "opaqueredirect") { fail("expired"); return null; }
    return reply.ok ? new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-queue]") : null;
  };
  const refresh = async () => {
    const fresh = await fetchPage().catch(() => null);
    if (!fresh) return;
    const asked = [...fresh.querySelectorAll("[data-unit]")];
    let before = null;
    for (const box of asked) {
      const name = box.dataset.unit, known = units.get(name);
      if (!known) {
        form.prepend(document.adoptNode(fresh.querySelector(`[name="vu-${CSS.escape(name)}"]`)));
        document.adoptNode(box);
        if (before) before.after(box); else form.querySelector("[data-unit]").before(box);
        know(box);
      }
      before = units.get(name)?.box || before;
    }
    for (const [name, unit] of units) {
      if (asked.some((box) => box.dataset.unit === name) || entryOf(unit)) continue;
      unit.box.remove();
      unit.seen.remove();
      units.delete(name);
    }
    announce("Les questions de cette page ont changé selon votre réponse.");
  };

  // site.js watches the end of the sign-in.
  document.addEventListener("presence", () => {
    if (isOver && mode === "online") mode = "expired";
    else if (!isOver && mode === "expired" && !waiting().length) mode = "online";
    showAll();
  });

  if (form) {
    form.querySelectorAll("[data-unit]").forEach(know);
    const unitOf = (event) => units.get(event.target.closest?.("[data-unit]")?.dataset.unit);
    const named = make("input", "");
    Object.assign(named, { type: "hidden", name: "envoi-page", value: page });
    form.prepend(named);
    form.addEventListener("input", (event) => {
      const unit = event.target.type !== "file" && unitOf(event);
      if (unit) change(unit, { pause: /checkbox|radio|select/.test(event.target.type) ? 0 : PAUSE });
    });
    form.addEventListener("change", (event) => { if (entryOf(unitOf(event) || {})) flush(true); });
    form.addEventListener("focusout", (event) => {
      const unit = unitOf(event);
      if (unit?.late && !unit.box.contains(event.relatedTarget)) complain(unit, unit.late);
    });
    // Typed before this file was there; but what a browser puts back by itself is older than what was saved.
    const how = performance.getEntriesByType("navigation")[0]?.type;
    for (const unit of units.values()) {
      if (entryOf(unit)) continue;
      const isOther = controls(unit).some(isTyped);
      if (isOther && how === "navigate") change(unit);
    }
    if (how !== "navigate" && !waiting().length) {
      form.reset();
      form.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
    }
  }

  // The form, or the filing of the whole, waits for the queue.
  document.addEventListener("submit", (event) => {
    const sent = event.target, goes = sent === form || /\/(depot|complement)$/.test(sent.getAttribute("action") || "");
    if (!goes || sent.dataset.flushed || !waiting().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (sent.dataset.waits) return;
    // One press is enough: the button says that it is at work until the network has answered.
    const by = event.submitter, words = by?.textContent;
    const wait = (isWaiting) => {
      if (isWaiting) sent.dataset.waits = "yes"; else delete sent.dataset.waits;
      if (!by) return;
      by.setAttribute("aria-disabled", isWaiting);
      by.textContent = isWaiting ? "Enregistrement…" : words;
    };
    wait(true);
    flush(true).then(() => {
      const isStuck = mode !== "online" || isLeaving || (sent !== form && waiting().length);
      wait(false);
      showAll();
      if (isStuck) { banner.scrollIntoView({ block: "nearest" }); announce(shownBanner); return; }
      sent.dataset.flushed = "yes";
      sent.requestSubmit(by);
      delete sent.dataset.flushed;
    });
  }, true);
  addEventListener("online", () => flush(true));
  addEventListener("offline", () => { if (mode === "online") { mode = "offline"; showAll(); } });
  document.addEventListener("visibilitychange", () => { if (waiting().length) flush(true); });
  // Out of the browser's memory: what waits goes first, then fields say what was changed elsewhere.
  addEventListener("pageshow", async ({ persisted }) => {
    const fresh = persisted && (await flush(true)) && (await fetchPage().catch(() => null));
    for (const unit of fresh ? units.values() : []) {
      const seen = fresh.querySelector(`[name="${unit.seen.name}"]`);
      if (!seen || entryOf(unit) || seen.value === unit.seen.value) continue;
      fill(unit, [...new FormData(fresh)]);
      unit.seen.value = seen.value;
    }
  });
  addEventListener("pagehide", () => { if (waiting().length) flush(true); });
  addEventListener("beforeunload", (event) => { if (isFull && queue.size) event.preventDefault(); });
  // What an earlier page left was dealt with in another tab, or the person signed out there.
  addEventListener("storage", ({ key, newValue }) => {
    if (newValue || !queue.has(key) || queue.get(key).page === page) return;
    queue.delete(key);
    showAll();
  });
  showAll();
  if (waiting().length) flush(true).then((isDone) => { if (isDone && settled && !form) location.reload(); });
})();
