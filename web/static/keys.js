// The dialog with the keyboard shortcuts: those that the person's role has a use for.

const { dataset } = document.querySelector("[data-keys]");
const keys = [
  ["Ctrl K", "Find a page, a name, an address or an ID"],
  ["/", "Search the list"],
  ["j k", "Next or previous entry"],
  ["Enter", "Open the entry"],
  ["x", "Select the entry"],
  ["e d", "Edit or delete it, or what is selected", "delete"],
  ["n", "New entry", "create"],
  ["?", "Keyboard shortcuts"],
];
const offered = keys.filter(([, , needs]) => !needs || needs in dataset);

document.body.insertAdjacentHTML(
  "beforeend",
  '<dialog id="keys" class="keys" aria-labelledby="keys-title">' +
  '<h2 id="keys-title">Keyboard shortcuts</h2>' +
  `<dl>${offered.map(([key, does]) => `<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`).join("")}</dl>` +
  '<form method="dialog"><button class="btn" data-variant="outline" data-size="sm" autofocus>Close</button></form>' +
  "</dialog>",
);

export const open = () => document.getElementById("keys").showModal();
