"""Contrast of text as WCAG computes it, measured on the page that Chromium drew."""

from typing import NamedTuple

from playwright.sync_api import Page

__all__ = ["Text", "contrast", "texts"]

# Every element that holds text itself, with its colour and the first background that covers it.
FIND = """() => [...document.querySelectorAll('body *')].filter((element) =>
    element.checkVisibility({ checkVisibilityCSS: true }) && !element.closest('.skip, svg, .uplot')
    && [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
).map((element) => {
  let below = element;
  const clear = /rgba\\(.*, 0\\)/;
  while (below && clear.test(getComputedStyle(below).backgroundColor)) below = below.parentElement;
  const style = getComputedStyle(element);
  return [element.textContent.trim().slice(0, 40), style.color,
          getComputedStyle(below ?? document.body).backgroundColor, parseFloat(style.fontSize),
          Number(style.fontWeight)];
})"""


class Text(NamedTuple):
    """A piece of text as it is drawn; size in CSS pixels."""

    text: str
    colour: str
    background: str
    size: float
    weight: float

    @property
    def enough(self) -> float:
        """What WCAG AA asks for: 3 where letters are large, else 4.5."""
        return 3.0 if self.size >= 24 or (self.size >= 18.66 and self.weight >= 700) else 4.5


def texts(page: Page) -> list[Text]:
    """List all visible text."""
    return [Text(*found) for found in page.evaluate(FIND)]


def contrast(first: str, second: str) -> float:
    """Ratio of two colours written as rgb(r, g, b)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
