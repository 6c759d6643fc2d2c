/**
 * The page's own script, as text: it reads the data that stands in the page (`page-data.ts`) and draws what is looked at. Text from
 * the cluster only ever becomes text nodes, never markup. Lists are drawn by the hundred, the matrix up to 60 × 200.
 */
import { LOST_NAME } from "./page-data.ts";

export const PAGE_SCRIPT = `
(function () {
  "use strict";
  var LOST = ${JSON.stringify(LOST_NAME)};
  var ESCAPED = ${JSON.stringify(JSON.stringify(LOST_NAME).slice(1, -1))};
  var data = JSON.parse(document.getElementById("data").textContent);
  var ORDER = ["outage", "stuck", "data-at-risk", "degraded", "unknown", "safe"];
  var rank = function (v) { return ORDER.indexOf(v); };
  var byId = function (id) { return document.getElementById(id); };
  function el(tag, cls, text) {
    var e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  }
  function put(parent) {
    for (var i = 1; i < arguments.length; i++) if (arguments[i]) parent.appendChild(arguments[i]);
    return parent;
  }
  function clock(s) {
    var w = Math.round(s);
    if (w < 60) return w + " s";
    if (w < 3600) return Math.floor(w / 60) + ":" + String(w % 60).padStart(2, "0");
    return Math.floor(w / 3600) + " h " + Math.round((w % 3600) / 60) + " min";
  }
  function range(d) {
    if (!d) return "";
    if (d.min === null) return "no end";
    if (d.max === null) return clock(d.min) + " or longer";
    return clock(d.min) === clock(d.max) ? clock(d.min) : clock(d.min) + "–" + clock(d.max);
  }
  function nameOf(w) { return w.kind + " " + w.namespace + "/" + w.name; }
  var names = data.workloads.map(nameOf);
  var said = [];
  // What is said of a workload, with a mark for the lost node's name.
  function saidOf(index) { return said[index] || (said[index] = JSON.parse(data.said[index])); }
  function filled(text, name) { return text.split(LOST).join(name); }
  var losses = data.losses.map(function (l, index) { return { id: l[0], kind: l[1], verdict: l[2], touched: l[3], count: l[3].length / 2, index: index, text: null }; })
    .sort(function (a, b) { return rank(a.verdict) - rank(b.verdict) || b.count - a.count || a.index - b.index; });
  var SHOWN_MAX = 200;
  function lostName(loss) { return loss.kind === "node" ? loss.id.slice(5) : ""; }
  function eachTouched(loss, visit) { for (var i = 0; i < loss.touched.length; i += 2) visit(loss.touched[i], loss.touched[i + 1]); }
  function workloadsOf(loss) {
    var found = [];
    eachTouched(loss, function (w, s) {
      var one = JSON.parse(data.said[s].split(ESCAPED).join(lostName(loss)));
      one.title = names[w] || "";
      found.push(one);
    });
    return found;
  }
  // Made when somebody searches for the first time.
  function textOfLoss(loss) {
    if (loss.text === null) {
      var parts = [loss.id, loss.verdict];
      eachTouched(loss, function (w, s) { parts.push(names[w], saidOf(s).verdict, filled(saidOf(s).cause, lostName(loss))); });
      loss.text = parts.join(" ").toLowerCase();
    }
    return loss.text;
  }
  var worstOf = {};
  var zoneVerdict = {};
  losses.forEach(function (loss) {
    if (loss.kind === "node") worstOf[loss.id.slice(5)] = loss.verdict;
    if (loss.kind === "zone") zoneVerdict[loss.id.slice(5)] = loss.verdict;
  });

  function search(text) {
    byId("loss-search").value = text;
    byId("loss-verdict").value = "";
    drawLosses();
    byId("losses-title").scrollIntoView();
    var first = document.querySelector("#losses details");
    if (first) first.open = true;
  }

  (function drawMap() {
    var zones = {};
    data.nodes.forEach(function (n) { (zones[n[1]] = zones[n[1]] || []).push(n[0]); });
    var size = data.nodes.length > 600 ? "squares many" : data.nodes.length <= 40 ? "squares few" : "squares";
    Object.keys(zones).sort(function (a, b) { return a.localeCompare(b, "en", { numeric: true }); }).forEach(function (zone) {
      var box = el("div", "zone");
      var title = el("button", "", "");
      var verdict = zoneVerdict[zone];
      put(title, el("i", "v-" + (verdict || "none")), el("span", "", zone + " (" + zones[zone].length + (verdict ? ", its loss: " + verdict : "") + ")"));
      title.addEventListener("click", function () { search("zone/" + zone); });
      var squares = el("div", size);
      zones[zone].forEach(function (node) {
        var v = worstOf[node] || "none";
        var b = el("button", "v-" + v, size === "squares few" ? node : undefined);
        b.title = node + ": " + (worstOf[node] || "not looked at");
        b.setAttribute("aria-label", b.title);
        b.addEventListener("click", function () { search("node/" + node); });
        squares.appendChild(b);
      });
      put(byId("map"), put(box, title, squares));
    });
  })();

  function bar(w) {
    var d = w.downSeconds;
    if (!d) return null;
    var end = d.max === null ? (d.min === null ? 600 : d.min * 2 + 60) : d.max * 1.15 + 5;
    var e = el("div", "when-bar v-" + w.verdict);
    e.setAttribute("role", "img");
    e.setAttribute("aria-label", w.verdict + " for " + range(d));
    var sure = el("i", "sure");
    sure.style.left = "0";
    sure.style.width = (d.min === null ? 100 : (d.min / end) * 100) + "%";
    e.appendChild(sure);
    if (d.min !== null) {
      var maybe = el("i", "maybe");
      maybe.style.left = (d.min / end) * 100 + "%";
      maybe.style.width = (d.max === null ? 100 : ((d.max - d.min) / end) * 100) + "%";
      e.appendChild(maybe);
    }
    e.title = "From the loss on: certainly (full) and possibly (striped) " + w.verdict + ", " + range(d);
    return e;
  }

  function workloadOf(w) {
    var box = el("div", "what");
    var head = el("p");
    put(head, el("span", "chip v-" + w.verdict, w.verdict), document.createTextNode(" " + w.title + (w.downSeconds ? ", " + range(w.downSeconds) : "")));
    put(box, head, el("p", "", w.cause + "."), bar(w));
    var r = w.ready;
    var facts = "Ready before: " + r.before + ", at worst: " + r.lowest + ", wanted: " + r.wanted + ", enough: " + r.enough + ".";
    if (w.deadEndpointsSeconds) facts += " Requests go to lost pods for " + range(w.deadEndpointsSeconds) + ".";
    put(box, el("p", "soft", facts + " Proof: " + w.proof + "."));
    if (w.message) put(box, put(el("p"), el("code", "", w.message)));
    if (w.fix) put(box, el("p", "", "Would help: " + w.fix + "."));
    (w.also || []).forEach(function (a) { put(box, el("p", "soft", "Also " + a.verdict + ": " + a.cause + ".")); });
    if (w.trace) {
      var list = el("ol", "trace");
      w.trace.forEach(function (m) {
        var at = m.atSeconds;
        put(list, put(el("li"), el("b", "", at.max === 0 ? "0" : "+" + range(at)), el("span", "", m.text)));
      });
      put(box, list);
    }
    return box;
  }

  function paged(into, items, draw, count) {
    into.textContent = "";
    var shown = 0;
    var more = el("button", "more", "Show more");
    function next() {
      var end = Math.min(items.length, shown + 100);
      for (; shown < end; shown++) into.insertBefore(draw(items[shown]), more);
      more.hidden = shown >= items.length;
    }
    into.appendChild(more);
    more.addEventListener("click", next);
    next();
    count.textContent = items.length + (items.length === 1 ? " match" : " matches");
  }

  function matching(name, all, textOf, verdictOf) {
    var words = byId(name + "-search").value.toLowerCase().split(/\\s+/).filter(Boolean);
    var verdict = byId(name + "-verdict").value;
    return all.filter(function (one) {
      if (verdict && verdictOf(one) !== verdict) return false;
      if (words.length === 0) return true;
      var text = textOf(one);
      return words.every(function (word) { return text.indexOf(word) >= 0; });
    });
  }

  function drawLosses() {
    var found = matching("loss", losses, textOfLoss, function (l) { return l.verdict; });
    paged(byId("losses"), found, function (loss) {
      var box = el("details", "card");
      var head = el("summary");
      var count = loss.count;
      put(head, el("span", "chip v-" + loss.verdict, loss.verdict), el("strong", "", loss.id), el("span", "soft", count === 0 ? "nothing happens to anybody" : count + (count === 1 ? " workload" : " workloads")));
      put(box, head);
      var body = null;
      box.addEventListener("toggle", function () {
        if (!box.open || body) return;
        body = el("div");
        workloadsOf(loss).sort(function (a, b) { return rank(a.verdict) - rank(b.verdict); }).slice(0, SHOWN_MAX).forEach(function (w) { body.appendChild(workloadOf(w)); });
        if (count > SHOWN_MAX) body.appendChild(el("p", "soft", "These are the worst " + SHOWN_MAX + " of " + count + "."));
        box.appendChild(body);
      });
      return box;
    }, byId("loss-count"));
  }

  var workloads = data.workloads.map(function (w, index) { return { w: w, index: index, text: names[index].toLowerCase() }; })
    .sort(function (a, b) { return rank(a.w.verdict) - rank(b.w.verdict) || (a.text < b.text ? -1 : 1); });

  function drawMatrix() {
    var rows = matching("matrix", workloads, function (x) { return x.text; }, function (x) { return x.w.verdict; });
    var shownRows = rows.slice(0, 200);
    var keys = {};
    shownRows.forEach(function (r) { keys[r.index] = true; });
    var columns = [];
    for (var c = 0; c < losses.length && columns.length < 60; c++) {
      var concerns = false;
      eachTouched(losses[c], function (w) { if (keys[w]) concerns = true; });
      if (concerns) columns.push(losses[c]);
    }
    var grid = el("div", "matrix");
    grid.style.gridTemplateColumns = "auto repeat(" + columns.length + ", 1rem)";
    put(grid, el("span", "name", ""));
    columns.forEach(function (c) { var h = el("span", "col", c.id); h.title = c.id; put(grid, h); });
    var lookup = columns.map(function (c) { var m = {}; eachTouched(c, function (w, s) { m[w] = saidOf(s); }); return m; });
    shownRows.forEach(function (r) {
      var name = names[r.index];
      var label = el("span", "name", name);
      label.title = name;
      put(grid, label);
      columns.forEach(function (c, i) {
        var w = lookup[i][r.index];
        var cell = el("span", "cell v-" + (w ? w.verdict : "none"));
        cell.title = c.id + ", " + name + ": " + (w ? w.verdict + (w.downSeconds ? ", " + range(w.downSeconds) : "") : "safe");
        put(grid, cell);
      });
    });
    byId("matrix").textContent = "";
    put(byId("matrix"), columns.length === 0 ? el("p", "soft", "Nothing happens to any of them.") : grid);
    byId("matrix-count").textContent = rows.length + " workloads × " + columns.length + " worst losses" + (rows.length > 200 ? ", the first 200 shown" : "");
  }

  var sort = { key: "verdict", up: true };
  var KEYS = {
    name: function (w) { return nameOf(w); },
    verdict: function (w) { return rank(w.verdict); },
    nodes: function (w) { return w.nodesToBreak ? w.nodesToBreak.count : 1e9; },
    zones: function (w) { return w.zonesToBreak ? w.zonesToBreak.count : 1e9; },
  };
  function breaking(b) {
    if (!b) return "–";
    return b.count + ": " + b.which.slice(0, 4).join(", ") + (b.which.length > 4 ? ", …" : "");
  }
  function drawWorkloads() {
    var found = matching("workload", workloads, function (x) { return x.text; }, function (x) { return x.w.verdict; }).map(function (x) { return x.w; });
    var key = KEYS[sort.key];
    found.sort(function (a, b) { var x = key(a), y = key(b); return (x < y ? -1 : x > y ? 1 : 0) * (sort.up ? 1 : -1); });
    var table = el("table", "stack");
    var head = el("tr");
    [["name", "Workload"], ["verdict", "Worst"], ["nodes", "Nodes"], ["zones", "Zones"]].forEach(function (c) {
      var b = el("button", "", c[1] + (sort.key === c[0] ? (sort.up ? " ↑" : " ↓") : ""));
      b.addEventListener("click", function () { sort = { key: c[0], up: sort.key === c[0] ? !sort.up : true }; drawWorkloads(); });
      put(head, put(el("th"), b));
    });
    var body = el("tbody");
    put(table, put(el("thead"), head), body);
    found.slice(0, 500).forEach(function (w) {
      var row = el("tr");
      var cells = [["", el("span", "", nameOf(w))], ["Worst", el("span", "chip v-" + w.verdict, w.verdict)], ["Nodes", el("span", "", breaking(w.nodesToBreak))], ["Zones", el("span", "", breaking(w.zonesToBreak))]];
      cells.forEach(function (c, i) {
        var td = put(el("td", i === 0 ? "key" : ""), c[1]);
        td.setAttribute("data-title", c[0]);
        put(row, td);
      });
      put(body, row);
    });
    byId("workloads").textContent = "";
    put(byId("workloads"), table);
    byId("workload-count").textContent = found.length + " workloads" + (found.length > 500 ? ", the first 500 shown" : "");
  }

  [["loss", drawLosses], ["matrix", drawMatrix], ["workload", drawWorkloads]].forEach(function (pair) {
    byId(pair[0] + "-search").addEventListener("input", pair[1]);
    byId(pair[0] + "-verdict").addEventListener("change", pair[1]);
    pair[1]();
  });
})();
`;
