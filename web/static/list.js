// Lists: the search while the person types, the selection, and the keys that go through rows.

import { localTimes, shortcuts, toClipboard } from "./app.js";

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

// Keys that go through the rows.
const step = (by) => {
  const rows = [...document.querySelectorAll("a[data-row]")];
  const at = rows.indexOf(document.activeElement.closest("tr")?.querySelector("a[data-row]"));
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
};
Object.assign(shortcuts, {
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest?.("tr")?.querySelector('input[name="id"]')?.click(),
});
