// Text of the server to nodes. Nothing is ever parsed as HTML; only https:, tel: and mailto: become links.
const LINK = /https:\/\/[^\s<>"'`]+|(?:tel:)\+?[\d-]{3,20}|(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:1-)?\d{3}-\d{3}-\d{4}\b|\b(?:988|911)\b/g;
const SAFE = ["https:", "tel:", "mailto:"];

const make = (tag, properties = {}, ...children) => {
  const { attributes = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

/** Where a found piece of text may lead, or null. 988 and 911 are links in a help reply alone. */
const target = (found, urgent) => {
  let address = found;
  if (/^(988|911)$/.test(found)) address = urgent ? `tel:${found}` : "";
  else if (/^[\d-]+$/.test(found)) address = `tel:+1${found.replace(/-/g, "").slice(-10)}`;
  else if (/^[\w.+-]+@/.test(found)) address = `mailto:${found}`;
  try {
    const url = new URL(address);
    return SAFE.includes(url.protocol) && !url.username ? url.href : null;
  } catch {
    return null;
  }
};

const withLinks = (line, urgent) => {
  const nodes = [];
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    const found = match[0].replace(/[.,;:!?)\]]+$/, "");
    const href = target(found, urgent);
    if (!href) continue;
    nodes.push(line.slice(end, match.index));
    const link = make("a", { href, rel: "noopener noreferrer", textContent: found });
    if (href.startsWith("https:")) link.target = "_blank";
    nodes.push(link);
    end = match.index + found.length;
  }
  nodes.push(line.slice(end));
  return nodes;
};

/** A text as paragraphs and, of lines that begin with "- ", lists. */
const render = (text, urgent = false) => {
  const blocks = [];
  for (const line of text.split("\n")) {
    const last = blocks.at(-1);
    if (line.startsWith("- ")) {
      const list = last && last.tagName === "UL" ? last : make("ul");
      if (list !== last) blocks.push(list);
      list.append(make("li", {}, ...withLinks(line.slice(2), urgent)));
    } else if (line.trim()) {
      blocks.push(make("p", {}, ...withLinks(line, urgent)));
    }
  }
  return blocks;
};

/** Contrast of two #rrggbb colours by WCAG, 1 to 21. */
const contrast = (one, other) => {
  const luminance = (colour) => {
    const part = (at) => {
      const value = parseInt(colour.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
