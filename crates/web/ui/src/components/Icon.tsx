// One set of icons: 16 units, strokes of 1.5, drawn for this interface.

const PATHS = {
  alert: "M8 2.2 14.6 13.5H1.4ZM8 6.4v3.2M8 11.6v.1",
  arrowLeft: "M13 8H3.5M7 4 3 8l4 4",
  arrowRight: "M3 8h9.5M9 4l4 4-4 4",
  arrowDown: "M8 3v10M4 9l4 4 4-4",
  check: "m3 8.5 3.2 3.2L13 4.8",
  chevronDown: "m4.5 6.5 3.5 3.5 3.5-3.5",
  chevronUp: "m4.5 9.5 3.5-3.5 3.5 3.5",
  clock: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 5v3.2l2.2 1.3",
  close: "m4 4 8 8M12 4l-8 8",
  columns: "M3 2.5h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM8 2.5v11M10 5.5h2M10 8h2",
  copy:
    "M6 5.5h6.5a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V6.5a1 1 0 0 1 1-1Z" +
    "M3.5 10.5H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1h6.5a1 1 0 0 1 1 1v.5",
  dots: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  download: "M8 2.5v7.5M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  drive:
    "M2.5 9.5 4.3 3.6a1 1 0 0 1 1-.7h5.4a1 1 0 0 1 1 .7l1.8 5.9" +
    "M2.5 9.5h11v3a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM11 11.5h.01",
  expand: "M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  file: "M4 2h5l3.5 3.5V13a1 1 0 0 1-1 1h-7.5a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1ZM9 2v3.5h3.5",
  fitWidth: "M2 3v10M14 3v10M4.5 8h7M6.5 6l-2 2 2 2M9.5 6l2 2-2 2",
  grid: "M2.5 2.5h4.5v4.5h-4.5ZM9 2.5h4.5v4.5H9ZM2.5 9h4.5v4.5h-4.5ZM9 9h4.5v4.5H9Z",
  image:
    "M3 2.5h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1Z" +
    "M2.2 11.5 6 8l2.5 2.2L11 8l2.8 2.6M10.5 5.5h.01",
  info: "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 0 1 8 2.2ZM8 7.4v3.4M8 5.2v.1",
  jobs: "M2.5 4h7M2.5 8h11M2.5 12h5M12 2.5v3M10 12h3.5",
  key: "M10.3 2.5a3.2 3.2 0 1 1-2.6 5L3 12.2v1.3h1.8l.7-.7v-1.3h1.3v-1.3l1.5-1.3M11.2 4.8h.01",
  library: "M2.5 3.5a1 1 0 0 1 1-1h2.8l1.5 1.7h4.7a1 1 0 0 1 1 1v7.3a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1ZM2.5 7h11",
  link: "M7 4.5 8.6 2.9a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5l-1.6 1.6a2.8 2.8 0 0 1-4-4L5 7.5M6.3 9.7l3.4-3.4",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  minus: "M3 8h10",
  moon: "M13.3 9.6A5.6 5.6 0 0 1 6.4 2.7 5.7 5.7 0 1 0 13.3 9.6Z",
  mail: "M3 3.5h10a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1ZM2.3 4.6 8 8.8l5.7-4.2",
  monitor: "M3 2.8h10a1 1 0 0 1 1 1v6.4a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3.8a1 1 0 0 1 1-1ZM6 13.7h4M8 11.2v2.5",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  pencil: "M10.7 3 13 5.3 5.6 12.7l-3.1.8.8-3.1ZM9.2 4.5l2.3 2.3",
  people:
    "M6 2.8a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8ZM1.8 13.2a4.2 4.2 0 0 1 8.4 0" +
    "M10.5 3a2.3 2.3 0 0 1 0 4.4M11.6 9.3a4.1 4.1 0 0 1 2.6 3.9",
  play: "M5 3.2 12.2 8 5 12.8Z",
  plus: "M8 3v10M3 8h10",
  retry: "M13.3 6.5A5.6 5.6 0 1 0 13.5 9M13.5 3v3.5H10",
  rotate: "M2.7 6.5A5.6 5.6 0 1 1 2.5 9M2.5 3v3.5H6",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3 13.7 13.7",
  settings:
    "M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6M10.2 2.7a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z" +
    "M5.8 9.7a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6Z",
  sidebar: "M3 2.5h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM6 2.5v11",
  signOut: "M6.5 13.5h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h3M10.5 11l3-3-3-3M13.3 8H6.5",
  stop: "M4 4h8v8H4Z",
  sun:
    "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2" +
    "M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  system: "M1.8 8.5h2.9l1.9-5 2.8 9 1.9-4h2.9",
  text: "M2.5 3.5h11M2.5 6.5h11M2.5 9.5h11M2.5 12.5h6",
  trash: "M2.5 4.3h11M6 4.3V2.7h4v1.6M3.8 4.3l.6 8.4a1 1 0 0 0 1 .9h5.2a1 1 0 0 0 1-.9l.6-8.4M6.6 7v4M9.4 7v4",
  undo: "M5.5 3 2.5 6l3 3M2.7 6h6.8a3.7 3.7 0 0 1 0 7.5H6",
  upload: "M8 10.5V3M4.5 6 8 2.5 11.5 6M2.5 13.5h11",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} strokeWidth={name === "dots" ? 2.2 : undefined} />
    </svg>
  );
}

export function Logo({ size = 24 }: { size?: number }) {
  return <img src="/favicon.svg" width={size} height={size} alt="" />;
}
