// Opening a letter marks it read; without this script the button does.
const form = document.querySelector("form[data-read]");
if (form) {
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(() => form.remove());
}
