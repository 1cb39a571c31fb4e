// Everything works without this file; it makes some things kinder.

// Times: the viewer's zone, with UTC kept in the title.
const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!isNaN(at)) time.textContent = zoned.format(at);
}

// Copy buttons. Without a secure context there is no clipboard: then the text is
// selected, ready for the copy key.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const status = document.querySelector(`[data-copied="${button.dataset.copy}"]`);
  let done = false;
  try {
    await navigator.clipboard.writeText(source.textContent);
    done = true;
  } catch {
    getSelection().selectAllChildren(source);
  }
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = done ? "Copied" : "Selected: press Ctrl+C or ⌘C to copy";
  });
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

// The sentence on what the entry will do follows what is typed.
const meaning = document.getElementById("meaning");
if (meaning) {
  const { template, noName, noEmail, noPattern, pattern } = meaning.dataset;
  const name = document.getElementById("name");
  const email = document.getElementById("email");
  const regex = document.getElementById("is_email_regex");
  const say = () => {
    const who = name.value.trim() ? `“${name.value.trim()}”` : noName;
    const typed = email.value.trim();
    const from = regex.checked ? (typed ? pattern.replace("{}", () => typed) : noPattern) : typed || noEmail;
    meaning.textContent = template.replace(/{name}|{from}/g, (part) => (part === "{name}" ? who : from));
  };
  for (const input of [name, email, regex]) input.addEventListener("input", say);
  say();
}

// A form that changes something is sent once; the server makes sure of it, this
// only shows that it is under way.
for (const form of document.querySelectorAll("form[data-once]")) {
  const button = form.querySelector("button:not([type=button])");
  form.addEventListener("submit", (event) => {
    if (form.ariaBusy === "true") return event.preventDefault();
    form.ariaBusy = button.ariaDisabled = "true";
    setTimeout(free, 3000); // the page is still here: the sending was stopped, or takes long
  });
  const free = () => {
    form.ariaBusy = button.ariaDisabled = null;
  };
  addEventListener("pageshow", free);
}
