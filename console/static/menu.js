// The menu of further pages closes as menus do: by Escape, and by a click or the focus elsewhere.
const menu = document.getElementById("more");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.firstElementChild.focus();
});
for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}
