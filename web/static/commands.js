// The box that opens with Ctrl+K or ⌘K: pages, and entries by name, address or ID. It follows the
// combobox pattern of the ARIA Authoring Practices Guide: the focus stays in the field, and
// aria-activedescendant says which line the arrows are at.

document.body.insertAdjacentHTML(
  "beforeend",
  '<dialog id="commands" class="commands" aria-label="Find pages and entries">' +
  '<input type="text" role="combobox" aria-label="Page, name, address or ID" aria-expanded="false" aria-controls="commands-list" aria-autocomplete="list" placeholder="Page, name, address or ID" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus>' +
  '<ul id="commands-list" role="listbox" aria-label="Results"></ul>' +
  '<p role="status"></p>' +
  "</dialog>",
);
const dialog = document.getElementById("commands");
const input = dialog.querySelector("input");
const listbox = dialog.querySelector("[role=listbox]");
const status = dialog.querySelector("[role=status]");
const entries = document.querySelector("[data-commands]").dataset.commands;
const shown = 8; // entries
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const pages = [...document.querySelectorAll("#menu a")].map((link) => ({ href: link.href, label: (link.querySelector(".nav-name") ?? link).textContent.trim().replace(/\s+/g, " "), kind: "Page" }));
let lines = [];
let at = 0;
let waiting, asking;

const move = (to) => {
  at = (to + lines.length) % lines.length || 0;
  [...listbox.children].forEach((option, i) => option.setAttribute("aria-selected", i === at));
  const option = listbox.children[at];
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};

const show = (found, say) => {
  lines = found;
  listbox.replaceChildren(
    ...lines.map((line, i) => {
      const option = Object.assign(document.createElement("li"), { role: "option", id: `command-${i}` });
      const label = Object.assign(document.createElement("bdi"), { textContent: line.label });
      const about = Object.assign(document.createElement("small"), { textContent: line.about ?? line.kind });
      if (line.kind === "Entry") label.translate = about.translate = false;
      option.append(label, " ", about);
      return option;
    }),
  );
  input.ariaExpanded = String(lines.length > 0);
  status.textContent = say;
  move(0);
};

const ofPages = (typed) => pages.filter((page) => fold(page.label).includes(fold(typed)));
const ofAddress = (typed) => (/^\S+@\S+$/.test(typed) ? [{ href: `${entries}/covering?${new URLSearchParams({ address: typed })}`, label: `Whose name can ${typed} use?`, kind: "Check" }] : []);
const count = (n) => (n === 1 ? "1 result" : `${n} results`);

const ask = async (typed) => {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const query = new URLSearchParams({ search: typed, per_page: shown });
    const answer = await fetch(`${entries}?${query}`, { headers: { Accept: "application/json" }, redirect: "manual", signal: mine.signal });
    if (!answer.ok) throw new Error(answer.status);
    const { result } = await answer.json();
    const found = result.map((e) => ({ href: `${entries}/${encodeURIComponent(e.id)}`, label: e.name || "No name", about: e.email, kind: "Entry" }));
    if (found.length === shown) found.push({ href: `${entries}?${new URLSearchParams({ search: typed })}`, label: "All entries that match", kind: "List" });
    const sum = [...ofPages(typed), ...found, ...ofAddress(typed)];
    show(sum, sum.length ? count(sum.length) : "No results");
  } catch {
    if (!mine.signal.aborted) show([...ofPages(typed), ...ofAddress(typed)], "The entries could not be searched. Reload the page.");
  }
};

const follow = () => {
  clearTimeout(waiting);
  waiting = undefined;
  const typed = input.value.trim();
  if (!typed) {
    asking?.abort();
    return show(pages, count(pages.length));
  }
  waiting = setTimeout(() => ((waiting = undefined), ask(typed)), 100);
};

const go = (line) => {
  if (!line) return;
  dialog.close();
  location.assign(line.href);
};

input.addEventListener("input", follow);
input.addEventListener("keydown", async (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.isComposing || (!step && event.key !== "Enter")) return;
  event.preventDefault();
  if (step) return lines.length && move(at + step);
  if (waiting && input.value.trim()) { // Enter came before the answer
    clearTimeout(waiting);
    waiting = undefined;
    await ask(input.value.trim());
  }
  go(lines[at]);
});
listbox.addEventListener("click", (event) => go(lines[[...listbox.children].indexOf(event.target.closest("[role=option]"))]));
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside the box

export function open() {
  if (dialog.open) return input.select();
  input.value = "";
  follow();
  dialog.showModal();
}
