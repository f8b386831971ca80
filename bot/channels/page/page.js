"use strict";
const log = document.getElementById("log");
const clinic = document.getElementById("clinic");
const input = document.getElementById("text");
let token = null;

const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

const post = async (path, body) => {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const reply = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  return reply.json();
};

const show = (message, own) => {
  const item = element("li", message.text, own ? "me" : "");
  for (const s of message.sources || []) {
    item.append(element("span", `Source: ${clinic.selectedOptions[0].text}, ${s.title}, reviewed ${s.reviewed}`, "source"));
  }
  const buttons = message.buttons || [];
  if (buttons.length) {
    const row = element("div", "", "choices");
    for (const b of buttons) {
      const button = element("button", b.title);
      button.type = "button";
      button.addEventListener("click", () => send(b.title));
      row.append(button);
    }
    item.append(row);
  }
  log.append(item);
  item.scrollIntoView({ block: "nearest" });
};

const start = async () => {
  token = null;
  log.replaceChildren();
  const session = await post("/webhooks/web/sessions", { site_key: `demo-${clinic.value}` });
  token = session.token;
  show({ text: `You are asking ${session.clinic.name}. What would you like to know?` });
};

const send = async (text) => {
  show({ text }, true);
  try {
    const reply = await post("/webhooks/web/messages", { text });
    reply.messages.forEach((m) => show(m));
  } catch (error) {
    show({ text: "I cannot reach the assistant. Please try again. In an emergency call 911; in a crisis call or text 988." });
  }
};

document.getElementById("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  send(text);
});
clinic.addEventListener("change", start);

fetch("/clinics.json").then((r) => r.json()).then((clinics) => {
  for (const c of clinics) {
    const option = element("option", c.name);
    option.value = c.id;
    clinic.append(option);
  }
  clinic.value = "pain-team";
  start();
});
