// Last file of the bundle: define the element, and put one on the page for a script with a site key.
const SCRIPT = document.currentScript;
const BASE = new URL(".", SCRIPT ? SCRIPT.src : location.href).href;
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

if (!customElements.get("infusion-faq")) customElements.define("infusion-faq", InfusionFaq);

if (SCRIPT && SCRIPT.dataset.siteKey && !document.querySelector("infusion-faq")) {
  const attributes = { "site-key": SCRIPT.dataset.siteKey };
  for (const name of ["lang", "theme", "exit-url"]) {
    const value = SCRIPT.getAttribute(`data-${name}`);
    if (value) attributes[name] = value;
  }
  document.body.append(make("infusion-faq", { attributes }));
}
