// The element: panel, log and what the patient does in it.
const LIMIT = 1000; // characters of a message
const URGENT = ["crisis", "emergency", "abuse"];
const NEUTRAL_PAGE = "https://www.weather.gov/";
const FULL_SCREEN = "(max-width: 30rem), (max-height: 30rem)"; // as in style.css
const SLOW = 6000; // milliseconds of waiting until the patient is told

class InfusionFaq extends HTMLElement {
  #parts = {};
  #client = null;
  #store = null;
  #session = null; // promise of the running session
  #waiting = null; // the message that has no reply yet: {text or choice, message_id}
  #words = STRINGS.en;
  #theme = { languages: ["en", "es"] };

  connectedCallback() {
    if (this.shadowRoot) return;
    const base = this.getAttribute("api") || BASE;
    const key = this.getAttribute("site-key") || "";
    this.#store = storage(`infusion-faq:${base}:${key}`);
    const kept = this.#store.load();
    this.#client = new Client(base, key, this.#store);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    this.#parts = panel();
    root.append(this.#parts.place);
    this.#dress(kept.clinic);
    this.#listen();
    if (kept.open) this.open({ focus: false });
    else if (this.hasAttribute("start-open") && kept.open === undefined) this.open({ focus: false });
  }

  /** Open the panel; starts the session the first time, so that nothing is sent before. */
  open({ focus = true } = {}) {
    const { dialog, launcher, input, mark } = this.#parts;
    if (dialog.open) return;
    launcher.hidden = true;
    mark.hidden = true;
    this.#label();
    const before = document.activeElement;
    if (matchMedia(FULL_SCREEN).matches && focus) dialog.showModal();
    else dialog.show();
    if (focus) input.focus();
    else this.#restore(before);
    this.#store.write({ open: true });
    this.#begin();
    this.#tell("open");
  }

  /** Close the panel; the focus goes back to the launcher. */
  close() {
    const { dialog, launcher } = this.#parts;
    if (!dialog.open) return;
    launcher.hidden = false;
    dialog.close();
    launcher.focus();
    this.#store.write({ open: false });
    this.#tell("close");
  }

  #restore(before) {
    if (this.shadowRoot.activeElement) this.shadowRoot.activeElement.blur();
    if (before && before !== document.body && before !== this) before.focus({ preventScroll: true });
  }

  #listen() {
    const { launcher, dialog, form, input, close, clear, keep, wipe, person, leave } = this.#parts;
    launcher.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.close());
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), this.close()));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) (event.preventDefault(), event.stopPropagation(), this.close());
    });
    form.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    input.addEventListener("input", () => this.#count());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) (event.preventDefault(), this.#submit());
    });
    person.addEventListener("click", () => this.#say({ text: PERSON }, PERSON));
    clear.addEventListener("click", () => this.#askToClear(true));
    keep.addEventListener("click", () => this.#askToClear(false));
    wipe.addEventListener("click", () => this.#clear());
    leave.addEventListener("click", () => this.#leave());
    window.addEventListener("online", () => this.#parts.retry && this.#parts.retry.click());
  }

  // ---- session

  #begin() {
    this.#session ||= this.#load().catch((error) => {
      this.#session = null;
      this.#fail(error, this.#words.startFailed, () => (this.#begin(), this.#parts.input.focus()));
      throw error;
    });
    this.#session.catch(() => {}); // told above
    return this.#session;
  }

  /** Go on with the stored conversation, or start one. */
  async #load() {
    const kept = this.#store.read();
    if (kept.token) {
      try {
        await this.#recall(kept.pending);
        return;
      } catch (error) {
        if (![401, 403, 404].includes(error.status)) throw error;
        await this.#renew();
        return;
      }
    }
    await this.#greet();
  }

  async #greet() {
    const session = await this.#client.start();
    this.#store.write({ clinic: session.clinic });
    this.#dress(session.clinic);
    this.#show(session.messages, "", true);
    this.#watch();
  }

  /** The history in place of what is shown; a message whose reply was lost can be sent again. */
  async #recall(pending) {
    const past = await this.#client.history();
    this.#dress(past.clinic);
    this.#parts.lines.replaceChildren();
    for (const message of past.messages) {
      if (message.from === "patient") this.#own(message.text);
      else this.#show([message], message.kind, false);
    }
    this.#watch();
    if (!pending) return;
    if (past.messages.some((m) => m.message_id === pending.message_id)) this.#store.write({ pending: null });
    else (this.#own(pending.shown), this.#fail(new RequestError(0), this.#words.failed, () => this.#post(pending)));
  }

  /** The old session is over: nothing of it stays on the screen, which others may see. */
  async #renew() {
    this.#store.write({ token: null });
    this.#parts.lines.replaceChildren();
    this.#parts.leave.hidden = true;
    this.#note(this.#words.expired);
    await this.#greet();
  }

  #watch() {
    clearTimeout(this.timer);
    const left = (this.#store.read().expires || 0) * 1000 - Date.now();
    const wait = Math.min(Math.max(left + 1000, 1000), 2 ** 31 - 1);
    this.timer = setTimeout(() => this.#check(), wait);
  }

  async #check() {
    if (this.#waiting) return;
    try {
      await this.#client.history();
      this.timer = setTimeout(() => this.#check(), 300000); // this clock is ahead of the server's
    } catch (error) {
      if (error.status === 401) this.#session = this.#renew().catch(() => (this.#session = null));
    }
  }

  async #clear() {
    this.#askToClear(false);
    if (this.#waiting) return;
    try {
      await this.#client.clear();
    } catch (error) {
      if (error.status !== 401) return this.#fail(error, this.#words.startFailed, () => this.#clear());
    }
    this.#store.write({ token: null, pending: null });
    this.#parts.lines.replaceChildren();
    this.#parts.leave.hidden = true;
    this.#note(this.#words.cleared);
    this.#session = null;
    this.#begin();
    this.#parts.input.focus();
  }

  #askToClear(asking) {
    this.#parts.ask.hidden = !asking;
    (asking ? this.#parts.keep : this.#parts.clear).focus();
  }

  #leave() {
    this.#store.wipe();
    this.#parts.lines.replaceChildren();
    location.replace(this.#exit());
  }

  #exit() {
    const asked = this.getAttribute("exit-url") || this.#theme.exit_url || "";
    return asked.startsWith("https://") ? asked : NEUTRAL_PAGE;
  }

  // ---- a turn

  #submit() {
    const { input } = this.#parts;
    const text = input.value.trim();
    if (!text || this.#waiting) return;
    input.value = "";
    this.#count();
    this.#say({ text }, text);
  }

  #say(message, shown) {
    if (this.#waiting) return;
    this.#dropError();
    this.#own(shown);
    this.#post({ ...message, shown, message_id: newId() });
  }

  /** Send it, and again with the same id after an error: the server makes one turn of it. */
  async #post(pending, renewed = false) {
    const { shown, ...message } = pending;
    this.#busy(pending);
    try {
      await this.#begin();
      const reply = await this.#client.send(message);
      this.#idle(null);
      this.#closeChoices();
      this.#show(reply.messages, reply.kind, true);
      this.#watch();
      this.#tell("message", { from: "assistant" });
    } catch (error) {
      await this.#explain(error, pending, renewed);
    }
  }

  async #explain(error, pending, renewed) {
    this.#idle(pending);
    const words = this.#words;
    if (!(error instanceof RequestError)) throw error;
    if (error.status === 401 && !renewed) {
      await this.#renew().catch((e) => this.#fail(e, words.startFailed, () => this.#post(pending)));
      if (!pending.text) return this.#store.write({ pending: null });
      this.#own(pending.text);
      return this.#post(pending, true);
    }
    const final = { 409: words.gone, 413: words.tooLong, 400: words.refused, 422: words.refused }[error.status];
    if (final) {
      this.#store.write({ pending: null });
      this.#parts.input.value ||= pending.text || "";
      return this.#fail(error, final);
    }
    if (this.#session) this.#fail(error, words.failed, () => this.#post(pending));
    else this.#retryWith(() => this.#post(pending));
  }

  #busy(pending) {
    this.#dropError();
    this.#waiting = pending;
    this.#store.write({ pending });
    this.#parts.send.setAttribute("aria-disabled", "true");
    this.#parts.lines.append(this.#parts.typing);
    this.#scroll();
    this.slow = setTimeout(() => this.#announce(this.#words.slow), SLOW);
  }

  #idle(pending) {
    clearTimeout(this.slow);
    this.#waiting = null;
    this.#store.write({ pending });
    this.#parts.send.removeAttribute("aria-disabled");
    this.#parts.typing.remove();
  }

  // ---- what is shown

  #own(text) {
    const bubble = make("div", { className: "bubble" }, ...render(text));
    this.#parts.lines.append(make("li", { className: "line patient" }, this.#said("you"), bubble));
    this.#scroll();
  }

  #said(who) {
    return make("span", { className: "unseen", textContent: `${this.#words[who]} ` });
  }

  #show(messages, kind, fresh) {
    const spoken = [];
    for (const message of messages) {
      const urgent = URGENT.includes(kind);
      const item = make("li", { className: urgent ? "line urgent" : "line" }, this.#said("bot"));
      item.append(make("div", { className: "bubble" }, ...render(message.text, urgent)));
      if ((message.sources || []).length) item.append(this.#sources(message.sources));
      if ((message.buttons || []).length) item.append(this.#choices(message.buttons));
      this.#parts.lines.append(item);
      if (message.quick_exit) this.#parts.leave.hidden = false;
      spoken.push(message.text, ...(message.buttons || []).map((button) => button.title));
    }
    this.#scroll();
    if (!fresh) return;
    this.#announce(spoken.join("\n"));
    if (!this.#parts.dialog.open) (this.#parts.mark.hidden = false), this.#label();
  }

  #sources(sources) {
    const day = new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeZone: "UTC" });
    const id = `sources-${newId()}`;
    const items = sources.map((source) => {
      const date = new Date(`${source.reviewed}T00:00:00Z`);
      const shown = isNaN(date) ? source.reviewed : day.format(date);
      return make("li", {}, `${source.title}, `, make("time", { dateTime: source.reviewed, textContent: fill(this.#words.reviewed, { date: shown }) }));
    });
    const label = make("p", { id, textContent: `${this.#words.sources}: ` });
    return make("div", { className: "sources" }, label, make("ul", { attributes: { "aria-labelledby": id, role: "list" } }, ...items));
  }

  #choices(buttons) {
    const made = buttons.map((button) => {
      const node = make("button", { type: "button", textContent: button.title });
      node.addEventListener("click", () => {
        if (this.#waiting) return;
        this.#closeChoices();
        this.#parts.input.focus();
        this.#say({ choice: button.id }, button.title);
      });
      return node;
    });
    return make("div", { className: "choices", attributes: { role: "group", "aria-label": this.#words.choices } }, ...made);
  }

  #closeChoices() {
    for (const group of this.#parts.lines.querySelectorAll(".choices")) group.remove();
  }

  #note(text) {
    this.#parts.lines.append(make("li", { className: "line note", textContent: text }));
    this.#announce(text);
  }

  #fail(error, text, again) {
    this.#dropError();
    let told = text;
    if (!navigator.onLine) told = this.#words.offline;
    else if (error.status === 429) told = fill(this.#words.wait, { n: error.wait });
    const stop = [403, 404].includes(error.status);
    if (stop) told = this.#words.closed;
    this.#parts.error = make("li", { className: "error" }, make("p", {}, ...withLinks(told, true)));
    this.#parts.lines.append(this.#parts.error);
    if (again && !stop) this.#retryWith(again);
    this.#announce(told);
    this.#scroll();
  }

  #retryWith(again) {
    const { error, retry } = this.#parts;
    if (!error) return;
    if (retry) retry.remove();
    this.#parts.retry = make("button", { type: "button", textContent: this.#words.retry });
    this.#parts.retry.addEventListener("click", () => {
      const focused = this.shadowRoot.activeElement === this.#parts.retry;
      this.#dropError();
      if (focused) this.#parts.input.focus();
      again();
    });
    error.append(this.#parts.retry);
  }

  #dropError() {
    if (this.#parts.error) this.#parts.error.remove();
    this.#parts.error = this.#parts.retry = null;
  }

  /** Say it once through the live region, which is apart from the log. */
  #announce(text) {
    const line = make("p", { textContent: text });
    this.#parts.live.append(line);
    setTimeout(() => line.remove(), 15000);
  }

  #scroll() {
    const last = this.#parts.lines.lastElementChild;
    if (last && this.#parts.dialog.open) last.scrollIntoView({ block: last.offsetHeight > this.#parts.log.clientHeight ? "start" : "nearest" });
  }

  #count() {
    const { left, input } = this.#parts;
    const rest = LIMIT - input.value.length;
    left.hidden = rest > 200;
    left.textContent = fill(this.#words.left, { n: rest });
    if (rest === 0) this.#announce(left.textContent);
  }

  /** Language, name, colours and hours of the clinic. */
  #dress(clinic) {
    const { place } = this.#parts;
    if (clinic) this.#theme = clinic.theme || this.#theme;
    this.language = pickLanguage(this.getAttribute("lang"), this.#theme.languages || ["en"]);
    this.#words = STRINGS[this.language];
    place.dataset.theme = this.getAttribute("theme") || "auto";
    const { primary, on_primary: on } = this.#theme.colours || {};
    if (primary && on && contrast(primary, on) >= 4.5) {
      place.style.setProperty("--clinic-primary", primary);
      place.style.setProperty("--clinic-on-primary", on);
    }
    label(this.#parts, this.#words, this.language, clinic, this.#theme);
    this.#label();
  }

  #label() {
    const { mark, launcher } = this.#parts;
    launcher.setAttribute("aria-label", mark.hidden ? this.#words.launcher : this.#words.launcherNew);
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }
}
