// The chips: a choice changes the address, so that a link shows what you saw.

function address(form) {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${form.getAttribute("action")}?${new URLSearchParams(chosen)}`.replace(/\?$/, "");
}

export function offerChips(form) {
  form.addEventListener("change", (event) => {
    if ("whole" in event.target.dataset) return; // a range is two fields and a button
    // A store of another region would fit nothing.
    if (event.target.name === "region" && form.elements.store) form.elements.store.value = "";
    // One of the ranges on offer replaces one that was typed in.
    if (event.target.name === "range") for (const field of form.querySelectorAll("[data-whole]")) field.value = "";
    location.assign(address(form));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.elements.from?.value && form.elements.range) form.elements.range.disabled = true;
    location.assign(address(form));
  });
}
