// Puts values into the places that ask for them. Text is set as text, never as markup.
//   data-bind="path"            the element's text
//   data-word                   … which is a word of the data: shown in the console's language
//   data-attr="name=path;…"     attributes; an empty value removes the attribute
//   data-show="path"            hidden while the value is null

import { _ } from "./language.js";

export function lookUp(data, path) {
  return path.split(".").reduce((value, name) => (value == null ? value : value[name]), data);
}

function setText(element, value) {
  const known = value == null ? "" : String(value);
  const text = "word" in element.dataset ? _(known) : known;
  if (element.textContent !== text) element.textContent = text;
}

function setAttributes(element, data) {
  for (const pair of element.dataset.attr.split(";")) {
    const [name, path] = pair.split("=");
    const value = lookUp(data, path);
    if (value == null || value === "") element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
}

function fillElements(elements, data) {
  for (const element of elements) {
    if (element.dataset.bind) setText(element, lookUp(data, element.dataset.bind));
    if (element.dataset.attr) setAttributes(element, data);
    if (element.dataset.show) element.hidden = lookUp(data, element.dataset.show) == null;
  }
}

const BOUND = "[data-bind], [data-attr], [data-show]";

// A row's elements, the row itself included; those of rows within it are not its own.
export function fillRow(row, data) {
  const own = [...row.querySelectorAll(BOUND)].filter((element) => element.closest("[data-key]") === row);
  fillElements([row, ...own], data);
}

// Everything on the page outside the lists; the places never change, so they are looked up once.
let places = null;

export function fillPage(data) {
  places ??= [...document.querySelectorAll(BOUND)].filter((element) => !element.closest("[data-rows]"));
  fillElements(places, data);
}
