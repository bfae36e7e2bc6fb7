/** Line icons on a 20 × 20 grid, drawn for this app; they take the colour of the text around them. */
const shapes = {
  producing: <path d="M6 4l10 6-10 6z" fill="currentColor" />,
  idle: <path d="M7 4v12M13 4v12" strokeWidth="3" />,
  setup: (
    <path d="M12.5 3.5a4 4 0 0 0-4.6 5.3L3.5 13.2a2 2 0 0 0 0 2.8l.5.5a2 2 0 0 0 2.8 0l4.4-4.4a4 4 0 0 0 5.3-4.6l-2.7 2.7-2.6-.6-.6-2.6z" />
  ),
  down: (
    <>
      <path d="M10 2.5l8.5 15h-17z" />
      <path d="M10 8v4.5M10 15v.5" />
    </>
  ),
  planned_stop: (
    <>
      <rect x="3" y="4" width="14" height="13" rx="1.5" />
      <path d="M3 8h14M7 2v4M13 2v4" />
    </>
  ),
  no_data: (
    <>
      <path d="M3 9a11 11 0 0 1 3-2M17 9a11 11 0 0 0-5.5-2.7M6 12a6 6 0 0 1 3-1.6M3 3l14 14" />
      <circle cx="10" cy="15.5" r="1" fill="currentColor" />
    </>
  ),
  plant: <path d="M2.5 17V9l5 3V9l5 3V3h4v14z" />,
  machines: (
    <>
      <circle cx="10" cy="10" r="3" />
      <path d="M10 2v3M10 15v3M2 10h3M15 10h3M4.3 4.3l2.2 2.2M13.5 13.5l2.2 2.2M15.7 4.3l-2.2 2.2M6.5 13.5l-2.2 2.2" />
    </>
  ),
  orders: (
    <>
      <rect x="4" y="3.5" width="12" height="14" rx="1.5" />
      <path d="M7 2.5h6v3H7zM7 9h6M7 12.5h6" />
    </>
  ),
  equipment: (
    <>
      <rect x="7" y="2.5" width="6" height="4.5" rx="1" />
      <rect x="2" y="13" width="6" height="4.5" rx="1" />
      <rect x="12" y="13" width="6" height="4.5" rx="1" />
      <path d="M10 7v3M5 13v-3h10v3" />
    </>
  ),
  light: (
    <>
      <circle cx="10" cy="10" r="3.5" />
      <path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.5 4.5l1.3 1.3M14.2 14.2l1.3 1.3M15.5 4.5l-1.3 1.3M5.8 14.2l-1.3 1.3" />
    </>
  ),
  dark: <path d="M16 12.5A7 7 0 0 1 7.5 4a7 7 0 1 0 8.5 8.5z" />,
  auto: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
    </>
  ),
  help: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M7.8 7.8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M10 14v.3" />
    </>
  ),
  close: <path d="M4 4l12 12M16 4L4 16" />,
  search: (
    <>
      <circle cx="8.5" cy="8.5" r="5.5" />
      <path d="M13 13l4.5 4.5" />
    </>
  ),
  add: <path d="M10 3v14M3 10h14" />,
  clock: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M10 5v5l3.5 2" />
    </>
  ),
  check: <path d="M3.5 10.5l4.5 4.5 8.5-10" />,
  late: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M10 5.5v5.5M10 14v.3" />
    </>
  ),
  chevron: <path d="M7 4l6 6-6 6" />,
  empty: <circle cx="10" cy="10" r="6.5" />,
  half: (
    <>
      <circle cx="10" cy="10" r="6.5" />
      <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
    </>
  ),
  person: (
    <>
      <circle cx="10" cy="7" r="3.5" />
      <path d="M3.5 17a6.5 6.5 0 0 1 13 0" />
    </>
  ),
  people: (
    <>
      <circle cx="7.5" cy="7.5" r="3" />
      <path d="M2 16.5a5.5 5.5 0 0 1 11 0M13 4.8a3 3 0 0 1 0 5.4M15.3 12.3a5.5 5.5 0 0 1 2.7 4.2" />
    </>
  ),
  access: (
    <>
      <path d="M10 2.5l6.5 2.5v5c0 4-3 6.5-6.5 7.5-3.5-1-6.5-3.5-6.5-7.500v-5z" />
      <path d="M7 10l2.2 2.200L13 8.5" />
    </>
  ),
  company: (
    <>
      <path d="M4 17.5v-15h8v15M12 8h4.500v9.500M2.5 17.500h15" />
      <path d="M7 6h2M7 9.500h2M7 13h2" />
    </>
  ),
  key: (
    <>
      <circle cx="6.5" cy="13.5" r="3.5" />
      <path d="M9 11l7.5-7.500M13.5 6.500l2.5 2.500M11.5 8.500l1.5 1.5" />
    </>
  ),
  bell: <path d="M5 14V9a5 5 0 0 1 10 0v5l1.500 1.500h-13zM8.500 17.500h3" />,
  history: (
    <>
      <path d="M3 10a7 7 0 1 0 2.500-5.400L3 6.500M3 3v3.500h3.500" />
      <path d="M10 6.500V10l2.500 1.500" />
    </>
  ),
  chart: <path d="M3 3v14h14M7 14v-4M11 14V6M15 14v-6" />,
  board: <path d="M3 5h14M3 10h9M3 15h5M15 12.500v4M15 8.500v.3" />,
  webhook: <path d="M3 10h11M10 5.500l4.500 4.500-4.500 4.500M17 4v12" />,
  inherited: <path d="M5 3v7a3 3 0 0 0 3 3h7M12 9.500l3.5 3.5-3.5 3.5" />,
  copy: (
    <>
      <rect x="7" y="7" width="10" height="10" rx="1.5" />
      <path d="M13 7V4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13H7" />
    </>
  ),
  cart: (
    <>
      <path d="M2 3h2.5l2 9.500h8.500l2-7H5.300" />
      <circle cx="8" cy="16" r="1.300" />
      <circle cx="14" cy="16" r="1.300" />
    </>
  ),
  phantom: <rect x="3.500" y="3.500" width="13" height="13" rx="2" strokeDasharray="3 3" />,
  up: <path d="M10 16.500v-13M4.500 9l5.500-5.500L15.500 9" />,
  down_arrow: <path d="M10 3.500v13M4.500 11l5.500 5.500 5.500-5.500" />,
  print: (
    <>
      <path d="M6 7.500V3h8v4.500M6 14H3V7.500h14V14h-3" />
      <rect x="6" y="11.500" width="8" height="5.500" />
    </>
  ),
  undo: <path d="M4 8h8a4 4 0 0 1 0 8.500H8M7.500 4L3.500 8l4 4" />,
  redo: <path d="M16 8H8a4 4 0 0 0 0 8.500h4M12.500 4l4 4-4 4" />,
  grip: (
    <path
      d="M7.500 5v.1M7.500 10v.1M7.500 15v.1M12.500 5v.1M12.500 10v.1M12.500 15v.1"
      strokeWidth="2.600"
    />
  ),
  items: (
    <>
      <path d="M10 2.500l7 3.500v8l-7 3.500-7-3.500V6z" />
      <path d="M3 6l7 3.500L17 6M10 9.500v8" />
    </>
  ),
  change: <path d="M4 13a6.500 6.500 0 0 1 11-6.500L17 8.500M17 4v4.500h-4.500" />,
  matrix: (
    <>
      <rect x="3" y="3" width="14" height="14" rx="1" />
      <path d="M3 7.700h14M3 12.300h14M7.700 3v14M12.300 3v14" />
    </>
  ),
  stock: (
    <>
      <path d="M2.500 17.500V7L10 3l7.500 4v10.500" />
      <rect x="6" y="10" width="8" height="7.500" />
      <path d="M6 13.700h8" />
    </>
  ),
  transfer: <path d="M3 7h13M12 3l4 4-4 4M17 13.500H4M8 9.500l-4 4 4 4" />,
  count: (
    <>
      <rect x="4" y="3" width="12" height="14.500" rx="1" />
      <path d="M7 7.500l1 1 2-2M12 8h2M7 12.500l1 1 2-2M12 13h2" />
    </>
  ),
  scan: (
    <path d="M2.500 6V3h3M14.500 3h3v3M17.500 14v3h-3M5.500 17h-3v-3M6 6.500v7M9 6.500v7M11.500 6.500v7M14 6.500v7" />
  ),
} as const;

export type IconName = keyof typeof shapes;

/** Decoration beside a word; alone it needs a label on its button. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}
