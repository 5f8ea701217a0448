"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Light and dark: what the system says, until somebody chooses.
  one("#theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  if (!one("#graph")) return;

  // Findings: search and filters.
  const search = one("#search"), kind = one("#kind"), states = all(".states input"), cards = all("article.finding");
  let path = "";
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(states.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const card of cards) {
      const fits = wanted.has(card.dataset.state) && (!kind.value || card.dataset.kind === kind.value)
        && (!path || card.dataset.path === path) && words.every((word) => card.dataset.text.includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    one("#shown").textContent = `${shown} of ${cards.length}` + (path ? ` in ${path}` : "");
    one("#nothing").hidden = shown > 0 || cards.length === 0;
  };
  const show = (only) => {
    search.value = only.text || "";
    kind.value = only.kind || "";
    path = only.path || "";
    for (const box of states) box.checked = !only.state || box.value === only.state;
    filter();
    one("#findings").scrollIntoView();
  };
  search.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  for (const box of states) box.addEventListener("change", filter);
  one("#reset").addEventListener("click", () => show({}));
  for (const count of all(".count")) {
    count.addEventListener("click", () => show({ kind: count.dataset.kind, state: count.dataset.state }));
  }

  // Layers: edges between the chips, drawn where the chips are.
  const graph = JSON.parse(one("#graph").textContent);
  const map = one("#map"), canvas = one("#edges"), panel = one("#chosen"), everything = one("#all-edges");
  const chips = [];
  for (const chip of all(".chip")) chips[Number(chip.dataset.n)] = chip;
  let chosen = -1;
  const svg = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const draw = () => {
    const origin = map.getBoundingClientRect();
    const boxes = new Map();
    const box = (n) => {
      if (!boxes.has(n)) {
        const r = chips[n].getBoundingClientRect();
        boxes.set(n, { x: r.left - origin.left + r.width / 2, top: r.top - origin.top, bottom: r.bottom - origin.top, h: r.height });
      }
      return boxes.get(n);
    };
    const paths = document.createDocumentFragment();
    const add = ([from, to, state], name) => {
      const a = box(from), b = box(to);
      const down = a.bottom <= b.top, up = b.bottom <= a.top;
      const y1 = down ? a.bottom : a.top, y2 = up ? b.bottom : b.top;
      const bend = down || up ? (y2 - y1) / 2 : -Math.max(24, Math.min(70, Math.abs(a.x - b.x) / 4));
      const line = svg("path");
      const tip = y2 + (up ? 7 : -7);
      line.setAttribute("d", `M${a.x} ${y1}C${a.x} ${y1 + bend} ${b.x} ${y2 - (down || up ? bend : -bend)} ${b.x} ${y2}`
        + `M${b.x - 4} ${tip}L${b.x} ${y2}L${b.x + 4} ${tip}`);
      line.setAttribute("class", name);
      if (state) line.dataset.state = state;
      paths.append(line);
    };
    const late = [];
    for (const edge of graph.edges) {
      const near = edge[0] === chosen ? "out" : edge[1] === chosen ? "in" : "";
      if (edge[2]) late.push(edge);
      else if (near) add(edge, near);
      else if (everything.checked) add(edge, "s0");
    }
    for (const edge of late) add(edge, `s${edge[2]}`);
    canvas.replaceChildren(paths);
  };
  const choose = (n) => {
    if (chosen >= 0) chips[chosen].classList.remove("chosen");
    for (const chip of all(".near")) chip.classList.remove("near");
    chosen = n === chosen ? -1 : n;
    map.classList.toggle("chosen-module", chosen >= 0);
    panel.hidden = chosen < 0;
    if (chosen >= 0) describe();
    draw();
  };
  const element = (name, text, parent) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    parent.append(made);
    return made;
  };
  const describe = () => {
    const chip = chips[chosen], name = graph.modules[chosen];
    chip.classList.add("chosen");
    panel.replaceChildren();
    const actions = element("span", "", panel);
    actions.className = "actions";
    if (chip.classList.contains("FAIL") || chip.classList.contains("WARN")) {
      const button = element("button", "its findings", actions);
      button.id = "its-findings";
      button.addEventListener("click", () => show({ path: graph.paths[chosen] }));
    }
    element("button", "close", actions).addEventListener("click", () => choose(chosen));
    element("h3", name, panel);
    const sides = element("div", "", panel);
    sides.className = "sides";
    for (const [title, mine, other] of [["imports", 0, 1], ["imported by", 1, 0]]) {
      const edges = graph.edges.filter((edge) => edge[mine] === chosen);
      const side = element("div", "", sides);
      element("h4", `${title} (${edges.length})`, side);
      const list = element("ul", "", side);
      for (const edge of edges) {
        chips[edge[other]].classList.add("near");
        const item = element("li", "", list);
        item.className = `s${edge[2]}`;
        element("button", graph.modules[edge[other]], item).addEventListener("click", () => choose(edge[other]));
      }
    }
  };
  chips.forEach((chip, n) => chip.addEventListener("click", () => choose(n)));
  everything.addEventListener("change", draw);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen >= 0) choose(chosen);
  });
  new ResizeObserver(draw).observe(map);
  filter();
  draw();
})();
