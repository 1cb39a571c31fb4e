// Lists: the search while the person types, the selection, and the keys that go through rows.

import { localTimes, shortcuts, toClipboard } from "./app.js";

const list = document.getElementById("results") ?? document.querySelector("main");
const find = document.getElementById("find");
const boxes = () => [...list.querySelectorAll('input[name="id"]')];
const rowLinks = () => [...list.querySelectorAll("a[data-row]")];
const rowOf = (element) => element?.closest("main tbody tr");

// The selection, by ID: whether the entry is synced, which can be copied and not deleted. It
// stays when the list shows another page or search; the tab keeps it under this key.
const key = list.dataset.selection;
const selected = new Map(key ? JSON.parse(sessionStorage.getItem(key) ?? "[]") : []);
const select = (box, is = box.checked) => {
  box.checked = is;
  if (is) selected.set(box.value, "synced" in box.dataset);
  else selected.delete(box.value);
};
// The browser may restore checkboxes, of another state of the selection.
const restore = () => {
  for (const box of boxes()) select(box, key ? selected.has(box.value) : box.checked);
  showSelection();
};
const announce = (text) => {
  const said = document.querySelector("[data-said]");
  if (said && said.textContent !== text) said.textContent = text;
};

function showSelection() {
  const n = selected.size;
  const here = boxes().filter((box) => box.checked).length;
  const synced = [...selected.values()].filter(Boolean).length;
  if (key) sessionStorage.setItem(key, JSON.stringify([...selected]));
  list.toggleAttribute("data-some", n > 0);
  const every = list.querySelector("[data-select-all]");
  if (every) {
    every.checked = here > 0 && here === boxes().length;
    every.indeterminate = here > 0 && !every.checked;
  }
  const parts = [`${n} selected`];
  if (n > here) parts.push(`${n - here} not shown`);
  if (synced) parts.push(`${synced} synced`);
  const status = list.querySelector("[data-selected]");
  if (status) status.textContent = n ? parts.join(", ") : "";
  announce(n ? parts.join(", ") : "");
  for (const button of list.querySelectorAll("[data-for-selected]")) button.disabled = n === synced;
  const edit = list.querySelector("[data-edit]");
  if (edit) {
    edit.hidden = n !== 1 || synced === 1;
    const [id] = selected.keys();
    edit.href = `${find.action}/${encodeURIComponent(id)}/edit?${new URLSearchParams({ back: location.search.slice(1) })}`;
  }
}

// selectMatching selects what the search finds, on all pages.
async function selectMatching(button) {
  button.disabled = true;
  const at = new URL(location.href);
  at.searchParams.set("per_page", "1000");
  try {
    for (let page = 1, more = true; more; page++) {
      at.searchParams.set("page", page);
      const answer = await fetch(at, { headers: { Accept: "application/json" } });
      const { result } = await answer.json();
      for (const e of result) selected.set(e.id, Boolean(e.provenance) && e.provenance !== "A1S_INTERNAL");
      more = result.length === 1000;
    }
    button.hidden = true;
    restore();
  } catch {
    location.reload(); // the session has ended, or there is no network
  }
}

// The result of a copy is shown at its button, one at a time.
const answer = document.createElement("span");
answer.role = "status";
answer.translate = false;
answer.className = "answer";
async function copy(button, text, done) {
  answer.textContent = "";
  button.after(answer);
  const copied = await toClipboard(text);
  answer.textContent = copied ? done : text;
  const menu = button.closest("[popover]");
  if (copied && menu) setTimeout(() => menu.hidePopover(), 1500);
}

const opens = (event) => {
  const row = rowOf(event.target);
  const link = row?.querySelector("a[data-row]");
  if (!link || event.target.closest("a, button, input, label, [popover]") || !getSelection().isCollapsed) return;
  if (event.target.closest("td") === row.cells[0]) row.querySelector('input[name="id"]').click();
  else if (event.ctrlKey || event.metaKey || event.button === 1) open(link.href);
  else if (event.button === 0) link.click();
};

let last;
list.addEventListener("click", (event) => {
  const box = event.target.closest('input[name="id"]');
  if (box) {
    const all = boxes();
    if (event.shiftKey && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const between of all.slice(from, to + 1)) select(between, box.checked);
    }
    last = box;
  }
  const one = event.target.closest("[data-copy-id]");
  if (one) copy(one, rowOf(one).querySelector('input[name="id"]').value, "Copied");
  const several = event.target.closest("[data-copy-ids]");
  if (several) copy(several, [...selected.keys(), ""].join("\n"), `${selected.size} copied`);
  const matching = event.target.closest("[data-select-matching]");
  if (matching) selectMatching(matching);
  if (event.target.matches("[data-exports] *")) event.target.closest("[data-exports]").hidePopover();
  if (event.target.closest("[data-clear]")) {
    selected.clear();
    for (const each of boxes()) each.checked = false;
    showSelection();
    (rowLinks()[0] ?? find.elements.search).focus();
  }
  opens(event);
});
list.addEventListener("auxclick", opens);
list.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) for (const box of boxes()) select(box, event.target.checked);
  else if (event.target.name === "id") select(event.target);
  else return;
  showSelection();
});
// The form has the checkboxes of this page, and the selection more.
list.addEventListener("formdata", ({ target, formData }) => {
  if (target.id !== "selection") return;
  formData.delete("id");
  for (const id of selected.keys()) formData.append("id", id);
});
addEventListener("pageshow", restore);
dressList();

function dressList() {
  for (const time of list.querySelectorAll("time:not([title])")) time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
  localTimes(list);
  restore();
}

// The list changes while the person types into its search. Only the results are replaced,
// so that the focus stays.
if (find) {
  const live = document.querySelector('[data-live="count"]');
  let waiting, asking;
  const address = () => {
    const query = new URLSearchParams(new FormData(find));
    for (const [name, value] of [...query]) if (!value || (name === "per_page" && value === "20")) query.delete(name);
    return find.action + (query.size ? "?" + query : "");
  };
  const show = async (to) => {
    asking?.abort();
    const mine = (asking = new AbortController());
    list.ariaBusy = "true";
    try {
      const answer = await fetch(to, { headers: { Accept: "text/html" }, signal: mine.signal });
      if (answer.redirected) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = list.contains(document.activeElement) && document.activeElement.id;
      list.replaceChildren(...page.getElementById("results").childNodes);
      history.replaceState(null, "", to);
      live.textContent = page.querySelector('[data-live="count"]').textContent;
      dressList();
      if (focused) document.getElementById(focused)?.focus();
      list.ariaBusy = null;
    } catch {
      if (mine === asking && !mine.signal.aborted) location.assign(to);
    }
  };
  const soon = (after) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(address()), after);
  };
  const search = find.elements.search;
  search.addEventListener("input", () => soon(250));
  document.addEventListener("change", ({ target }) => {
    if (target.form === find && target !== search) soon(0);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !event.isComposing && rowLinks().length > 0) {
      event.preventDefault();
      rowLinks()[0].focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !event.target.matches("a[data-row]")) return;
    event.preventDefault();
    if (by < 0 && event.target === rowLinks()[0]) search.focus();
    else step(by);
  });
}

// Keys that go through the rows. What a key does is done to the selection or, without one,
// to the row that has the focus.
const step = (by) => {
  const rows = rowLinks();
  const at = rows.indexOf(rowOf(document.activeElement)?.querySelector("a[data-row]"));
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
};
const act = (inBar, inRow) => {
  const button = selected.size > 0 ? list.querySelector(inBar) : rowOf(document.activeElement)?.querySelector(inRow);
  if (!button?.hidden) button?.click();
};
Object.assign(shortcuts, {
  j: () => step(1),
  k: () => step(-1),
  x: () => rowOf(document.activeElement)?.querySelector('input[name="id"]')?.click(),
  e: () => act("[data-edit]", '[popover] a[href*="/edit"]'),
  d: () => act("[data-for-selected]", '[popover] a[href*="/delete"]'),
});
