// Everything works without this script. With it, forms and rows change the page in place, lists are live, and keys work.
"use strict";

const byId = id => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- changing the page in place ---

// Replaces the parts with these ids by those of a page from the server. Returns whether the page had all of them.
function take(html, ids) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const parts = ids.map(id => [byId(id), page.getElementById(id)]);
  if (!parts.every(([old, fresh]) => old && fresh)) return false;
  stopLive();
  const hadFocus = parts.some(([old]) => old.contains(document.activeElement));
  for (const [old, fresh] of parts) old.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  prepare();
  if (hadFocus && document.activeElement === document.body) byId("main")?.focus({ preventScroll: true });
  // The element stays, so that a screen reader reads what is new in it.
  byId("said").innerHTML = page.getElementById("said")?.innerHTML ?? "";
  return true;
}

async function load(url, ids, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", ...options });
  if (!take(await response.text(), ids)) throw Object.assign(new Error("no page"), { status: response.status });
  shown = addressOf(response.url);
  return response.url;
}

// The address of a page without the place on it.
const addressOf = url => url.split("#")[0];
let shown = addressOf(location.href);

// Says what went wrong where the server's answer was no page.
function complain(status) {
  const line = document.createElement("p");
  line.className = "said bad";
  line.textContent = `The server answered ${status}. Load the page again to see whether anything was changed.`;
  byId("said").replaceChildren(line);
  scrollTo({ top: 0 });
}

async function submitInPlace(form, button) {
  const fields = new URLSearchParams(new FormData(form, button));
  button?.setAttribute("aria-busy", "true");
  const address = new URL(button?.getAttribute("formaction") || form.getAttribute("action") || location.href, location.href);
  const top = scrollY;
  const ids = form.dataset.into?.split(" ") ?? ["main", "facts"];
  try {
    const arrived = form.method === "get"
      ? await load(`${address.pathname}?${fields}`, ids)
      : await load(address, ids, { method: "POST", body: fields });
    const url = new URL(arrived);
    // After a refused form the address stays: reloading must not send the form again.
    if (form.method === "get" || url.href !== address.href) history.pushState(null, "", url.href);
    const said = byId("said");
    if (form.method === "post" && said.textContent.trim()) scrollTo(0, Math.min(top, said.offsetTop));
  } catch (error) {
    // What was answered must not be sent a second time.
    if (error.status) complain(error.status);
    else form.submit();
  }
}

addEventListener("submit", event => {
  const form = event.target;
  if (form.matches("[data-theme-form]")) {
    event.preventDefault();
    setTheme(event.submitter.value);
  } else if (form.matches("[data-in-place]") && !event.defaultPrevented) {
    event.preventDefault();
    submitInPlace(form, event.submitter);
  }
});

addEventListener("click", event => {
  const link = event.target.closest("a[data-into]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openInto(link);
});

// Opens a row's detail beside the list: `data-into` names the parts of the page that change.
async function openInto(link) {
  try {
    history.pushState(null, "", await load(link.href, link.dataset.into.split(" ")));
    const detail = byId("detail");
    if (detail?.firstElementChild && detail.getBoundingClientRect().top > innerHeight * .6) {
      detail.scrollIntoView({ block: "start" });
      detail.querySelector("h2")?.focus({ preventScroll: true });
    } else {
      document.querySelector("tr.opened [data-row]")?.focus({ preventScroll: true });
    }
  } catch {
    location.href = link.href;
  }
}

// A link to a place on the page is a step in the history as well, but shows the same page.
addEventListener("popstate", () => {
  if (addressOf(location.href) !== shown) load(location.href, ["main", "facts"]).catch(() => location.reload());
});

// A form whose sentence is shown while one types: the server makes it.
let typing = 0;
addEventListener("input", event => {
  const form = event.target.closest("form[data-previews]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const into = byId(form.dataset.previewsInto);
    const response = await fetch(form.dataset.previews, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (into && response.ok) into.textContent = await response.text();
  }, 150);
});

// --- theme ---

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=strict`;
  prepareTheme();
}

function prepareTheme() {
  const chosen = document.documentElement.dataset.theme;
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  for (const button of all("[data-theme-form] button")) {
    button.value = isDark ? "light" : "dark";
    button.textContent = isDark ? "Light theme" : "Dark theme";
  }
}

// --- copying ---

addEventListener("click", async event => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const from = byId(button.dataset.copies);
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(from.dataset.text ?? from.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(from);
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => { button.textContent = label; }, 1500);
});

addEventListener("click", event => {
  const opener = event.target.closest("[data-opens]");
  if (opener) byId(opener.dataset.opens)?.showModal();
  for (const menu of all("details.confirm[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// --- live ---

const LONGEST = 200;
const longest = list => Number(list.dataset.longest) || LONGEST;
let source = null;
let held = [];

// A list with `data-live` gets rows from an event stream: `rows` are put on top, `parts` replace elements by their ids.
function startLive() {
  const list = document.querySelector("[data-live]");
  if (!list || source || document.hidden) return;
  const url = new URL(list.dataset.live, location.href);
  url.searchParams.set("after", list.dataset.after ?? "");
  source = new EventSource(url);
  source.onopen = () => sayLive("on", "Live");
  source.onerror = () => sayLive("", source?.readyState === EventSource.CLOSED ? "Not live; reload the page" : "Connecting");
  source.addEventListener("rows", event => arrive(list, JSON.parse(event.data)));
  source.addEventListener("parts", event => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) if (byId(id)) refill(byId(id), html);
  });
}

// Replaces what is in an element; what the reader has opened stays open, and the focus stays where it is.
function refill(element, html) {
  if (element.querySelector("details.confirm[open]")) return;
  const reachable = within => all("a, button, summary, input, textarea, select, [tabindex]", within);
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  const home = focused?.closest("[id]");
  const at = home ? reachable(home).indexOf(focused) : -1;
  const before = new Map(all("details[id]", element).map(each => [each.id, each.open]));
  element.innerHTML = html;
  for (const each of all("details[id]", element)) if (before.has(each.id)) each.open = before.get(each.id);
  if (at >= 0 && byId(home.id)) reachable(byId(home.id))[at]?.focus({ preventScroll: true });
}

function stopLive() {
  source?.close();
  source = null;
  held = [];
}

function sayLive(state, text) {
  for (const sign of all("[data-live-sign]")) {
    sign.className = `live ${state}`;
    if (sign.textContent !== text) sign.textContent = text;
    sign.hidden = false;
  }
}

function arrive(list, batch) {
  list.dataset.after = batch.after;
  if (batch.rate) sayLive("on", batch.rate);
  else sayLive("on", "Live");
  if (isLooking(list)) {
    const before = held.count ?? 0;
    held = [...batch.rows, ...held].slice(0, longest(list));
    held.count = before + batch.count;
    showWaiting(list);
  } else {
    put(list, batch.rows);
  }
}

// Rows wait while the reader is somewhere in the list: nothing moves under the pointer.
function isLooking(list) {
  return held.length > 0 || list.matches(":hover") || list.contains(document.activeElement) || scrollY > 120;
}

function put(list, rows) {
  if (!rows.length) return;
  const body = document.createElement("tbody");
  body.innerHTML = rows.join("");
  const fresh = [...body.children];
  fresh.forEach(row => row.classList.add("arrived"));
  list.prepend(...fresh);
  while (list.rows.length > longest(list)) list.lastElementChild.remove();
  for (const none of all("[data-live-none]")) none.hidden = true;
  for (const table of all("[data-live-some]")) table.hidden = false;
}

function showWaiting(list) {
  const place = byId("waiting");
  if (!place) return;
  const count = held.count;
  const text = `${count.toLocaleString("en")} new ${list.dataset[count === 1 ? "one" : "many"] ?? "rows"}`;
  if (!place.firstChild) {
    const button = place.appendChild(document.createElement("button"));
    button.type = "button";
    button.addEventListener("click", () => {
      const rows = held;
      held = [];
      place.replaceChildren();
      put(list, rows);
      scrollTo({ top: 0 });
    });
  }
  place.firstChild.textContent = text;
}

addEventListener("visibilitychange", () => {
  if (document.hidden) { source?.close(); source = null; } else startLive();
});
addEventListener("pagehide", () => { source?.close(); source = null; });

// --- keys ---

addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = document.activeElement;
  if (event.key === "Escape") return escape(at);
  if (at?.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (!search) return;
    event.preventDefault();
    search.closest("details")?.setAttribute("open", "");
    search.focus();
    search.select?.();
  } else if (event.key === "?") {
    byId("keys").showModal();
  } else if (event.key === "j" || event.key === "k") {
    moveRow(event.key === "j" ? 1 : -1);
  }
});

function escape(at) {
  const menu = document.querySelector("details.confirm[open]");
  const close = document.querySelector("[data-closes]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (at?.matches("input, textarea, select")) at.blur();
  else if (close && !document.querySelector("dialog[open]")) close.click();
}

function moveRow(step) {
  const links = all("[data-row]");
  if (!links.length) return;
  const now = links.findIndex(link => link.closest("tr") === document.activeElement?.closest("tr"));
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(now + step, 0), links.length - 1);
  links[next].focus();
}

// --- start ---

function prepare() {
  for (const button of all("[data-copies], [data-opens]")) button.hidden = false;
  for (const element of all("[data-without-script]")) element.hidden = true;
  prepareTheme();
  startLive();
}

prepare();
