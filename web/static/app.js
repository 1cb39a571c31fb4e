// Every page works without this file; it adds conveniences. What only some pages need is in
// the files beside it, which those pages name.

// Times: the viewer's zone, with UTC kept in the title.
const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
export function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.textContent = zoned.format(at);
  }
}
localTimes(document);

// Copy buttons. Without a secure context there is no clipboard: then the text is
// selected, ready for the copy key.
export async function toClipboard(text) {
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

// Forms that this tab keeps are deleted at sign-out.
document.querySelector('form[action="/logout"]')?.addEventListener("submit", () => sessionStorage.clear());

// What is deleted is no longer selected in the list.
addEventListener("submit", ({ target }) => {
  const [, plan, id] = target.getAttribute("action")?.match(/\/plans\/([^/]+)\/apply$|\/entries\/([^/]+)\/delete$/) ?? [];
  const selected = JSON.parse(sessionStorage.getItem("selected-entries") ?? "[]");
  if (plan || id) sessionStorage.setItem("selected-entries", JSON.stringify(selected.filter(([one]) => !plan && encodeURIComponent(one) !== id)));
});

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

// Keyboard shortcuts, which parts of the script add to. They do not work while the person
// types.
const keysButton = document.querySelector("[data-keys]");
const openKeys = () => import("./keys.js").then((keys) => keys.open());
keysButton?.addEventListener("click", openKeys);
const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
export const shortcuts = {
  "/": () => document.getElementById("search")?.focus(),
  n: () => document.querySelector('nav a[href$="/entries/new"]')?.click(),
  "?": () => keysButton && openKeys(),
};
addEventListener("keydown", (event) => {
  const act = shortcuts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

// Ctrl+K or ⌘K, and its button, open the box that leads to pages and entries. It is loaded when
// it is first used.
const openCommands = () => import("./commands.js").then((commands) => commands.open());
const commandsButton = document.querySelector("[data-commands]");
commandsButton?.addEventListener("click", openCommands);
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (!commandsButton || document.querySelector("dialog[open]:not(#commands)")) return;
  event.preventDefault();
  openCommands();
});
if (commandsButton && /Mac|iP/.test(navigator.platform)) commandsButton.querySelector("kbd").textContent = "⌘K";

// Pages with a form load a script that follows the session.
const session = document.getElementById("session");
if (session) import("./session.js");
