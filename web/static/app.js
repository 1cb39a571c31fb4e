// Every page works without this file; it adds conveniences.

// Times: the viewer's zone, with UTC kept in the title.
const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.textContent = zoned.format(at);
  }
}
localTimes(document);

// Copy buttons. Without a secure context there is no clipboard: then the text is
// selected, ready for the copy key.
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const status = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
  const done = await toClipboard(source.textContent);
  if (!done) getSelection().selectAllChildren(source);
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = done ? "Copied" : "Selected. Press Ctrl+C or ⌘C to copy.";
  });
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

const untranslated = (text) => Object.assign(document.createElement("bdi"), { textContent: text, translate: false });

// The sentence on what the entry will do follows what is typed.
const meaning = document.getElementById("meaning");
if (meaning) {
  const { template, noName, noEmail, noPattern, pattern } = meaning.dataset;
  const name = document.getElementById("name");
  const email = document.getElementById("email");
  const regex = document.getElementById("is_email_regex");
  const say = () => {
    const typed = { name: name.value.trim(), email: email.value.trim() };
    const who = typed.name ? "“{name}”" : noName;
    const from = regex.checked ? (typed.email ? pattern.replace("{}", "{email}") : noPattern) : typed.email ? "{email}" : noEmail;
    const parts = template.replace("{name}", who).replace("{from}", from).split(/{(name|email)}/);
    meaning.replaceChildren(...parts.map((part, i) => (i % 2 ? untranslated(typed[part]) : part)));
  };
  for (const input of [name, email, regex]) input.addEventListener("input", say);
  say();
}

// Which entries the name already has, and warnings about what was typed: loaded when the
// person leaves the field.
const nameEntries = document.getElementById("name-entries");
if (nameEntries) {
  const at = nameEntries.dataset.nameEntries;
  const { name, email, is_email_regex: regex, twins, confirmed } = nameEntries.closest("form").elements;
  const question = () => new URLSearchParams({ name: name.value.trim(), email: email.value.trim(), is_email_regex: regex.checked }).toString();
  let asked = nameEntries.childElementCount ? question() : "";
  const ask = async () => {
    const query = question();
    if (query === asked) return;
    asked = query;
    let said = [];
    try {
      const answer = (name.value.trim() || email.value.trim()) && (await fetch(at + (at.includes("?") ? "&" : "?") + query, { headers: { Accept: "text/html" }, redirect: "manual" }));
      if (answer.ok) { // and not a redirect to sign-in, which the form reports when it is sent
        said = [...new DOMParser().parseFromString(await answer.text(), "text/html").body.children];
      }
    } catch {
      // The form works without it.
    }
    if (query === asked) nameEntries.replaceChildren(...said);
  };
  for (const input of [name, email, regex]) input.addEventListener("change", ask);
  // When the summary asks to confirm a warning, this would repeat it.
  if (!twins && !confirmed) ask();
}

// A pattern is checked while the person types. The suggested addresses change with it until
// the person types others. A result that is not of the typed pattern is marked as busy.
const tester = document.querySelector("[data-check]");
if (tester) {
  const form = tester.closest("form");
  const { name, samples, suggested, is_email_regex: regex } = form.elements;
  const field = form.elements.pattern ?? form.elements.email;
  const [result, verdict, failed] = ["result", "verdict", "failed"].map((part) => document.getElementById(`pattern-${part}`));
  let waiting, asking, answered; // answered is the question of the shown result
  let open = false;
  const question = () => new URLSearchParams({ pattern: field.value, name: name.value, samples: samples.value, suggested: suggested.value });
  const lines = (text) => text.trim().replace(/\r/g, "");
  const describe = () => {
    const about = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "pattern-fault");
    const refused = document.getElementById("pattern-fault") !== null;
    if (refused) about.unshift("pattern-fault");
    field.toggleAttribute("aria-describedby", about.length > 0);
    if (about.length) field.setAttribute("aria-describedby", about.join(" "));
    field.ariaInvalid = refused || about.includes("email-error") ? "true" : null;
  };
  const show = (parts, said, why = "") => {
    open = result.querySelector("details")?.open ?? open;
    result.replaceChildren(...parts);
    const details = result.querySelector("details");
    if (details) details.open = open;
    result.ariaBusy = null;
    failed.hidden = !why;
    failed.lastElementChild.textContent = why;
    if (verdict.textContent !== said) verdict.textContent = said;
    describe();
  };
  const suggest = (text) => {
    if (lines(samples.value) !== lines(text)) samples.value = text;
  };
  const check = async () => {
    asking?.abort();
    if (regex && !regex.checked) {
      answered = undefined;
      return show([], "");
    }
    const body = question();
    if (body.toString() === answered) return (result.ariaBusy = null);
    const mine = (asking = new AbortController());
    let why = "Namesake gave no answer";
    try {
      const answer = await fetch(tester.dataset.check, { method: "POST", body, headers: { Accept: "text/html" }, redirect: "manual", signal: mine.signal });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("[name=suggested]").value;
        if (lines(page.getElementById("samples").value) === lines(fresh)) suggest(fresh);
        suggested.value = fresh;
        show(page.getElementById("pattern-result").childNodes, page.getElementById("pattern-verdict").textContent);
        answered = question().toString();
        return;
      }
      why = `Namesake answered with an error (${answer.status})`;
      if (answer.status === 401 || answer.type === "opaqueredirect") why = "your session has ended";
      if (answer.status === 413) why = "this is more than Namesake can check at once";
    } catch {
      if (mine.signal.aborted) return; // the person has typed something else
    }
    answered = undefined;
    show([], "Not checked.", why);
  };
  for (const input of [field, name, samples, regex]) {
    input?.addEventListener("input", () => {
      asking?.abort();
      result.ariaBusy = question().toString() === answered ? null : "true";
      clearTimeout(waiting);
      waiting = setTimeout(check, 250);
    });
  }
  form.addEventListener("click", (event) => {
    const place = event.target.closest("[data-from]")?.dataset;
    if (!place) return;
    const spaces = field.value.length - field.value.trimStart().length; // were not checked
    field.focus();
    field.setSelectionRange(spaces + Number(place.from), spaces + Number(place.to));
  });
  addEventListener("pageshow", () => field.value && check()); // the browser may have restored the form
}

// Forms that this tab keeps are deleted at sign-out.
document.querySelector('form[action="/logout"]')?.addEventListener("submit", () => sessionStorage.clear());

// A form that changes something is sent once; the server makes sure of it, this only shows
// that it is being sent. A second sign-out would not lead on to the sign-in service: the
// first one used up the proof that the service asks for.
for (const form of document.querySelectorAll('form[data-once], form[action="/logout"]')) {
  const buttons = form.querySelectorAll("button:not([type=button])");
  const busy = (is) => {
    form.ariaBusy = is;
    for (const button of buttons) button.ariaDisabled = is;
  };
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    busy("true");
    setTimeout(free, 3000); // the page is still open: the person stopped the request, or it takes long
  });
  const free = () => {
    busy(null);
  };
  addEventListener("pageshow", free);
}

// The list: a button in each row that copies its ID, and the actions for the selected rows.
// Their checkboxes belong to the form "selection".
const list = document.getElementById("results");
const ticks = () => [...list.querySelectorAll('input[name="id"]')];
const ticked = () => ticks().filter((box) => box.checked);
const say = (text) => {
  const status = list.querySelector("[data-selected]");
  if (status) status.textContent = text;
};
const count = () => {
  const all = ticks().length;
  const n = ticked().length;
  const every = list.querySelector("[data-select-all]");
  if (!every) return;
  every.checked = n > 0 && n === all;
  every.indeterminate = n > 0 && n < all;
  const synced = ticked().filter((box) => "synced" in box.dataset).length;
  for (const button of list.querySelectorAll("[data-copy-ids]")) button.disabled = n === 0;
  for (const button of list.querySelectorAll("[data-for-selected]")) button.disabled = n === synced;
  say(n ? `${n} selected${synced ? `, ${synced} synced from a directory, which cannot be deleted here` : ""}` : "");
};
// The result of a copy is shown beside its button, one at a time.
const answer = document.createElement("span");
answer.role = "status";
answer.translate = false;
answer.className = "answer";
const answerAt = (button, text) => {
  answer.textContent = "";
  button.after(answer);
  requestAnimationFrame(() => (answer.textContent = text));
};
function dressList() {
  localTimes(list);
  const template = document.getElementById("copy-id");
  for (const box of template ? ticks() : []) {
    const button = template.content.firstElementChild.cloneNode(true);
    button.value = box.value;
    button.ariaLabel = box.ariaLabel.replace("Select", "Copy the ID of");
    button.title = "Copy ID";
    box.parentElement.append(button);
  }
  count();
}
if (list) {
  let last;
  list.addEventListener("click", async (event) => {
    const box = event.target.closest('input[name="id"]');
    if (box) {
      const boxes = ticks();
      if (event.shiftKey && boxes.includes(last)) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
    }
    const one = event.target.closest("[data-copy-id]");
    if (one) answerAt(one, (await toClipboard(one.value)) ? "Copied" : one.value);
    const several = event.target.closest("[data-copy-ids]");
    if (several) {
      const ids = ticked().map((t) => t.value);
      answerAt(several, (await toClipboard(ids.join("\n") + "\n")) ? `${ids.length} copied` : ids.join(" "));
    }
  });
  list.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) for (const box of ticks()) box.checked = event.target.checked;
    count();
  });
  addEventListener("pageshow", count); // the browser restores the checkboxes
  dressList();
}

// A running plan, or a change without a known result, is loaded again until it has ended.
const follow = document.querySelector("[data-follow]");
if (follow?.dataset.follow) {
  // A change without a known result: its page answers 202 until the result is known. A form
  // that the person types into stays.
  const to = follow.dataset.follow;
  let typing = false;
  document.querySelector("form[data-once]")?.addEventListener("input", () => (typing = true));
  const look = async () => {
    try {
      const answer = await fetch(to, { method: "HEAD", redirect: "manual" });
      if (answer.status === 200 || answer.type === "opaqueredirect") {
        if (!typing) return location.replace(to);
        follow.querySelector("a").textContent = "The result is known: view it";
        return;
      }
    } catch {
      // There is no network: try again.
    }
    setTimeout(look, 2000);
  };
  setTimeout(look, 2000);
} else if (follow) {
  const look = async () => {
    try {
      const answer = await fetch(follow.dataset.part, { headers: { Accept: "text/html" } });
      if (answer.redirected) return location.reload(); // the session has ended
      const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
      if (!now) return location.reload();
      const parts = (of) => of.querySelectorAll(":scope > p, :scope > progress");
      if (parts(now).length === parts(follow).length) {
        const fresh = parts(now);
        parts(follow).forEach((part, i) => part.replaceWith(fresh[i]));
      } else if (!follow.contains(document.activeElement)) follow.replaceChildren(...now.childNodes);
    } catch {
      // There is no network: try again.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}

// The list changes while the person types into its search. Only the results are replaced,
// so that the focus stays.
const find = document.querySelector("form[data-find]");
if (find) {
  const results = document.getElementById("results");
  const live = document.querySelector('[data-live="count"]');
  let waiting, asking;
  const address = () => {
    const query = new URLSearchParams(new FormData(find));
    for (const [name, value] of [...query]) if (!value || (name === "per_page" && value === "20")) query.delete(name);
    return find.action + (query.size ? "?" + query : "");
  };
  const show = async (to, remember) => {
    asking?.abort();
    const mine = (asking = new AbortController());
    results.ariaBusy = "true";
    try {
      const answer = await fetch(to, { headers: { Accept: "text/html" }, signal: mine.signal });
      if (answer.redirected) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceChildren(...page.getElementById("results").childNodes);
      live.textContent = page.querySelector('[data-live="count"]').textContent;
      dressList();
      if (remember) history.replaceState(null, "", to);
      results.ariaBusy = null;
    } catch {
      if (mine === asking && !mine.signal.aborted) location.assign(to);
    }
  };
  const soon = (after) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(address(), true), after);
  };
  find.elements.search.addEventListener("input", () => soon(250));
  for (const name of ["provenance", "per_page", "group"]) find.elements[name].addEventListener("change", () => soon(0));
}

// Keyboard shortcuts. They do not work while the person types.
const keys = document.getElementById("keys");
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const step = (by) => {
  const rows = [...document.querySelectorAll("a[data-row]")];
  const at = rows.indexOf(document.activeElement.closest("tr")?.querySelector("a[data-row]"));
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
};
const pressed = {
  "/": () => document.getElementById("search")?.focus(),
  n: () => document.querySelector('nav a[href$="/entries/new"]')?.click(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest?.("tr")?.querySelector('input[name="id"]')?.click(),
  "?": () => keys?.showModal(),
};
addEventListener("keydown", (event) => {
  const act = pressed[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});
const openKeys = document.querySelector("[data-keys]");
if (openKeys && keys) {
  openKeys.hidden = false;
  openKeys.addEventListener("click", () => keys.showModal());
}

// Pages with a form load a script that follows the session.
const session = document.getElementById("session");
if (session) import(session.dataset.script);
