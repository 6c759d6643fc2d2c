import { escapeHtml } from "./html.ts";
import type { Lane, SpanState, Timeline } from "./timeline.ts";

/** Draws a timeline as rows of coloured spans over one axis; every span says in words what it shows. */
export function timelineHtml(timeline: Timeline): string {
  const { fromSeconds, toSeconds } = timeline;
  const place = (seconds: number) => ((seconds - fromSeconds) / (toSeconds - fromSeconds)) * 100;
  const lanes = timeline.lanes.map((lane) => laneHtml(lane, place)).join("\n");
  const ticks = ticksOf(fromSeconds, toSeconds)
    .map((tick) => `<em style="left:${round(place(tick))}%">${tick === 0 ? "0" : clock(tick)}</em>`)
    .join("");
  return `<div class="timeline">\n${lanes}\n<div class="axis" aria-hidden="true">${ticks}</div>\n</div>`;
}

function laneHtml(lane: Lane, place: (seconds: number) => number): string {
  const spans = lane.spans
    .map((span) => {
      const left = place(span.fromSeconds);
      const width = place(span.toSeconds) - left;
      const title = `${clock(span.fromSeconds)} to ${clock(span.toSeconds)}: ${span.label}`;
      return `<i class="${span.state}" style="left:${round(left)}%;width:${round(width)}%" title="${escapeHtml(title)}"></i>`;
    })
    .join("");
  const zero = `<b style="left:${round(place(0))}%"></b>`;
  const name = escapeHtml(lane.name);
  return `<div class="lane ${lane.kind}"><span title="${name}">${name}</span><div class="track" role="img" aria-label="${escapeHtml(words(lane))}">${spans}${zero}</div></div>`;
}

/** What the lane shows, for those who do not see it. */
function words(lane: Lane): string {
  const parts = lane.spans.map((span) => `${clock(span.fromSeconds)} ${span.label}`);
  const shown = parts.slice(0, 12);
  const more = parts.length > shown.length ? `, and ${parts.length - shown.length} more changes` : "";
  return `${lane.name}: ${shown.join(", ")}${more}`;
}

export const LEGEND: readonly { readonly state: SpanState; readonly text: string }[] = [
  { state: "good", text: "ready, answered" },
  { state: "partial", text: "partly" },
  { state: "bad", text: "not ready, not answered" },
  { state: "off", text: "terminating" },
];

export function legendHtml(): string {
  return `<div class="legend">${LEGEND.map(({ state, text }) => `<span><i class="${state}"></i>${text}</span>`).join("")}<span>The line marks the failure.</span></div>`;
}

const STEPS = [10, 15, 30, 60, 120, 180, 300, 600];

function ticksOf(from: number, to: number): number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= 6) ?? 600;
  const ticks: number[] = [];
  for (let tick = 0; tick <= to - step / 4; tick += step) ticks.push(tick);
  return ticks;
}

/** 75 → "+1:15", -3.5 → "−3.5 s", 12 → "+12 s" */
export function clock(seconds: number): string {
  const sign = seconds < 0 ? "−" : "+";
  const size = Math.abs(seconds);
  if (size < 60) return `${sign}${Math.round(size * 10) / 10} s`;
  const whole = Math.round(size);
  return `${sign}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function round(percent: number): number {
  return Math.round(percent * 1000) / 1000;
}
