// Small notices go away by themselves, but not while the person points at one or is in it.
const shownFor = 8000;
for (const toast of document.querySelectorAll("[data-toast]")) {
  let timer;
  const hide = () => toast.classList.add("gone");
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, shownFor);
  };
  const stay = () => {
    clearTimeout(timer);
    if (!toast.dataset.undo) toast.classList.remove("gone"); // the button stays under the pointer
  };
  for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stay);
  toast.addEventListener("pointerleave", () => toast.matches(":focus-within") || wait());
  toast.addEventListener("focusout", () => toast.matches(":hover") || wait());
  toast.querySelector("[data-close]").addEventListener("click", () => {
    document.getElementById("main").focus({ preventScroll: true });
    toast.removeAttribute("data-undo"); // the person has seen it
    hide();
    clearTimeout(timer);
  });
  if (toast.dataset.undo) {
    setTimeout(() => {
      toast.querySelector("form").remove();
      toast.removeAttribute("data-undo");
    }, Number(toast.dataset.undo));
  }
  if (!toast.classList.contains("gone")) wait();
}
