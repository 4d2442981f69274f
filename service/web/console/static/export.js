// What can be taken away from a picture: a file that needs nothing else, and text.

/** Milliseconds for which a button says what it has done. */
const SAID = 2000;

/** Save a picture, all of it, with its colours inside. */
export async function saveAsSVG(picture) {
  const style = await (await fetch("/console/picture.css")).text();
  const whole = picture.cloneNode(true);
  whole.querySelector(".traveller").remove();
  for (const part of whole.querySelectorAll('[data-moment]:not([data-moment="Infinity"])')) {
    part.classList.remove("ahead", "now");
  }
  const source = new XMLSerializer().serializeToString(whole).replace(/(<svg[^>]*>)/, `$1<style>${style}</style>`);
  const url = URL.createObjectURL(new Blob([source], { type: "image/svg+xml" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "deferred.svg";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), SAID);
}

/** Copy a text, and have the button say so. */
export async function copy(text, button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Cannot copy here: see below";
  }
  setTimeout(() => (button.textContent = words), SAID);
}
