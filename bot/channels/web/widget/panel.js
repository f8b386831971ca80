// The parts of the widget as nodes, without words; `label` gives them theirs.
const PERSON = "I want to talk to a person"; // said to the assistant, which reads English

const icon = () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", "M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12h5");
  svg.append(path);
  return svg;
};

const panel = () => {
  const button = (className = "") => make("button", { type: "button", className });
  const p = {
    launcher: button("launcher"), mark: make("span", { className: "mark", hidden: true }), launcherText: make("span"),
    dialog: make("dialog", { className: "panel", id: "panel", attributes: { "aria-labelledby": "title" } }),
    title: make("h2", { id: "title" }), subtitle: make("p"), close: button(),
    notice: make("p"), numbers: make("ul", { attributes: { role: "list" } }), leave: button("leave"),
    facts: make("p", { hidden: true }), log: make("div", { className: "log", tabIndex: 0, attributes: { role: "log", "aria-live": "off" } }),
    lines: make("ol", { attributes: { role: "list" } }), live: make("div", { className: "unseen", attributes: { role: "status", "aria-live": "polite", "aria-atomic": "false" } }),
    ask: make("div", { className: "ask", hidden: true, attributes: { role: "group", "aria-labelledby": "ask" } }),
    askText: make("p", { id: "ask" }), keep: button(), wipe: button(),
    form: make("form"), caption: make("label", { className: "unseen", htmlFor: "input" }),
    input: make("textarea", { id: "input", rows: 1, maxLength: LIMIT, attributes: { "aria-describedby": "left", autocomplete: "off", enterkeyhint: "send" } }),
    send: make("button", { type: "submit", className: "send" }), left: make("p", { className: "left", id: "left", hidden: true }),
    person: button(), clear: button(), typingText: make("span", { className: "unseen" }),
  };
  p.typing = make("li", { className: "line" }, p.typingText, make("span", { className: "typing", attributes: { "aria-hidden": "true" } }, make("i"), make("i"), make("i")));
  p.close.textContent = "×";
  p.launcher.setAttribute("aria-haspopup", "dialog");
  p.launcher.append(icon(), p.launcherText, p.mark);
  p.log.append(p.lines);
  p.ask.append(p.askText, p.keep, p.wipe);
  p.form.append(p.caption, p.input, p.send, p.left);
  p.inner = make("div", { className: "inner", dir: "ltr" },
    make("header", {}, make("div", {}, p.title, p.subtitle), p.close), p.leave,
    make("div", { className: "notice" }, p.notice, p.numbers, p.facts),
    p.log, p.ask, p.form, make("footer", {}, p.person, p.clear));
  p.leave.hidden = true;
  p.dialog.append(p.inner);
  p.place = make("div", { className: "place" }, p.launcher, p.dialog, p.live);
  return p;
};

const HELP = [["call911", "tel:911"], ["call988", "tel:988"], ["text988", "sms:988"]];

/** Give the parts their words in a language, and the clinic's name, hours and contact. */
const label = (p, words, language, clinic, theme) => {
  p.inner.lang = p.launcher.lang = p.live.lang = language;
  p.launcherText.textContent = words.launcher;
  p.title.textContent = clinic ? clinic.name : words.title;
  p.subtitle.textContent = words.title;
  p.subtitle.hidden = !clinic;
  p.close.setAttribute("aria-label", words.close);
  p.notice.textContent = words.notice;
  p.numbers.setAttribute("aria-label", words.help);
  p.numbers.replaceChildren(...HELP.map(([name, href]) => make("li", {}, make("a", { href, textContent: words[name] }))));
  const facts = ["hours", "contact"].filter((name) => theme[name]).map((name) => `${words[name]}: ${theme[name]}`);
  p.facts.textContent = facts.join(" · ");
  p.facts.hidden = !facts.length;
  p.leave.textContent = words.leave;
  p.log.setAttribute("aria-label", words.log);
  p.askText.textContent = words.clearAsk;
  p.keep.textContent = words.clearNo;
  p.wipe.textContent = words.clearYes;
  p.caption.textContent = words.field;
  p.input.placeholder = words.placeholder;
  p.send.textContent = words.send;
  p.person.textContent = words.person;
  p.clear.textContent = words.clear;
  p.typingText.textContent = words.typing;
};
