// Each document leaves by itself while the page stays, with its progress, and can be tried again. Without this file its
// form is sent as any other. What comes back is the page of the server: its part about the document is shown.
"use strict";
(() => {
  const make = (tag, names, text = "") => Object.assign(document.createElement(tag), { className: names, textContent: text });
  const weight = (bytes) => `${(bytes / 1048576).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} Mo`;
  const say = (box, text, ...more) => {
    let state = box.querySelector(".upload-state");
    if (!state) {
      state = make("div", "upload-state");
      state.setAttribute("role", "status");
      (box.querySelector("form") || box).append(state);
    }
    state.replaceChildren(make("p", "", text), ...more);
  };
  const retry = (box) => {
    const button = make("button", "button secondary", "Réessayer");
    button.type = "button";
    button.addEventListener("click", () => send(box));
    return button;
  };
  const signIn = () => Object.assign(make("a", "button secondary", "Se reconnecter"), { href: `/connexion?suite=${encodeURIComponent(location.pathname)}` });

  const answered = (box, request) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.getElementById(box.id);
    if (fresh) {
      const wasHere = box.contains(document.activeElement);
      box.replaceWith(fresh);
      const isRefused = fresh.querySelector(".error");
      say(fresh, isRefused ? isRefused.textContent : "Le document est joint.");
      if (wasHere) fresh.querySelector("input[type=file]")?.focus();
    } else if (request.status === 200 && new URL(request.responseURL).pathname === location.pathname) location.reload();
    else if (new URL(request.responseURL).pathname === "/connexion") say(box, "Votre session est terminée. Reconnectez-vous, puis choisissez à nouveau ce fichier.", signIn());
    else say(box, page.querySelector("main h1 + p")?.textContent || "Ce fichier n’a pas pu être envoyé.", retry(box));
  };

  const chosen = (box) => box.querySelector("input[type=file]").files[0];
  // Said as soon as it is chosen: nobody waits for the upload of what will be refused.
  const isTooHeavy = (box) => {
    const most = Number(box.dataset.most), is = chosen(box).size > most;
    say(box, is ? `Ce fichier pèse ${weight(chosen(box).size)}, plus que les ${weight(most)} que nous pouvons recevoir. Choisissez-en un plus léger.` : "");
    return is;
  };

  const send = (box) => {
    const form = box.querySelector("form"), file = chosen(box), field = box.querySelector("input[type=file]");
    if (!file || box.dataset.busy || isTooHeavy(box)) return;
    box.dataset.busy = "yes";
    const bar = make("progress", "");
    bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    say(box, `Envoi de ${file.name}…`, bar);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => {
      delete box.dataset.busy;
      if (request.status) answered(box, request);
      else say(box, "L’envoi s’est interrompu : la connexion a été perdue. Le fichier est toujours choisi.", retry(box));
    });
    // Beside a question the file goes alone: the other answers of the page are saved by themselves.
    const body = form ? new FormData(form) : new FormData();
    if (!form) body.append(field.name, file, file.name);
    request.open("POST", box.dataset.action || form.action);
    request.send(body);
  };

  const boxOf = (target) => (target.matches?.("[data-file] form[enctype], [data-file] form[enctype] *, [data-file][data-action] *") ? target.closest("[data-file]") : null);
  const boxOfSubmit = (event) => boxOf(event.target) || (event.submitter?.value.startsWith("fichier.") ? boxOf(event.submitter) : null);
  document.addEventListener("change", (event) => {
    const box = event.target.type === "file" && boxOf(event.target);
    if (box && chosen(box)) isTooHeavy(box);
  });
  document.addEventListener("submit", (event) => {
    const box = boxOfSubmit(event);
    if (!box || !chosen(box)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(box);
  }, true);
})();
