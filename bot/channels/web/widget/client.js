// The web channel as the widget sees it: one session a tab, its token in sessionStorage.
const TIMEOUT = 30000; // milliseconds until a request counts as failed

/** What went wrong with a request: the HTTP status, or 0 where there was no answer; `wait` in seconds for 429. */
class RequestError extends Error {
  constructor(status, wait = 0) {
    super(`request failed with ${status}`);
    this.status = status;
    this.wait = wait;
  }
}

/** sessionStorage where the page may use it, else memory: the chat then does not outlive a reload. */
const storage = (key) => {
  let memory = {};
  const guarded = (work) => {
    try {
      return work(window.sessionStorage);
    } catch {
      return null;
    }
  };
  return {
    read: () => {
      try {
        return JSON.parse(guarded((s) => s.getItem(key)) || "null") || memory;
      } catch {
        return memory;
      }
    },
    write: (values) => {
      memory = { ...memory, ...values };
      guarded((s) => s.setItem(key, JSON.stringify(memory)));
    },
    wipe: () => {
      memory = {};
      guarded((s) => s.removeItem(key));
    },
    load() {
      memory = this.read();
      return memory;
    },
  };
};

/** An id for a message; works on pages without https too, where crypto.randomUUID is missing. */
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

class Client {
  constructor(base, siteKey, store) {
    this.base = base;
    this.siteKey = siteKey;
    this.store = store;
  }

  get token() {
    return this.store.read().token;
  }

  async start() {
    return this.#keep(await this.#call("POST", "sessions", { site_key: this.siteKey }, false));
  }

  async send(message) {
    return this.#keep(await this.#call("POST", "messages", message));
  }

  async history() {
    return this.#keep(await this.#call("GET", "history"));
  }

  async clear() {
    await this.#call("DELETE", "session");
  }

  #keep(reply) {
    if (reply.token) this.store.write({ token: reply.token, expires: reply.expires_at });
    return reply;
  }

  async #call(method, path, body, signed = true) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (signed) headers.Authorization = `Bearer ${this.token}`;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      const reply = await fetch(`${this.base}webhooks/web/${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal: stop.signal,
        credentials: "omit",
        cache: "no-store",
        referrerPolicy: "no-referrer",
      });
      if (!reply.ok) throw new RequestError(reply.status, Number(reply.headers.get("Retry-After")) || 10);
      return reply.status === 204 ? {} : await reply.json();
    } catch (error) {
      throw error instanceof RequestError ? error : new RequestError(0);
    } finally {
      clearTimeout(timer);
    }
  }
}
