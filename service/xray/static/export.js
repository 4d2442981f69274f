// The export of a picture: as a self-contained SVG file, and as text.

/** Milliseconds for which a button shows what it has done. */
const SAID = 2000;

/** Save the whole picture as a file, with its style sheet embedded. */
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

/** Copy a text, and show the outcome on the button. */
export async function copy(text, button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Cannot copy: see below";
  }
  setTimeout(() => (button.textContent = words), SAID);
}
