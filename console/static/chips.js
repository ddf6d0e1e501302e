// The chips: a choice changes the address, so that a link shows what you saw.

function address(form) {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "");
  return `/?${new URLSearchParams(chosen)}`.replace(/\?$/, "");
}

export function offerChips(form) {
  form.addEventListener("change", (event) => {
    // A store of another region would fit nothing.
    if (event.target.name === "region") form.elements.store.value = "";
    location.assign(address(form));
  });
}
