/**
 * What the demo company makes: racks, benches and carts out of tube, sheet and the brackets of the
 * line. Four levels (rack → side frame → post → tube), about 300 items, always the same ones: what is
 * here is a table written as loops, without chance.
 */
export type CompanyItem = {
  readonly number: string;
  readonly name: string;
  readonly kind: "make" | "buy" | "phantom";
  readonly uom: string;
  readonly tracking?: "lot" | "serial";
  /** Of bought items, per unit. */
  readonly price?: string;
  /** Of made items: minutes at work centers, in order. */
  readonly steps?: readonly { name: string; workCenter: string; minutes: number; setup: number }[];
  readonly parts?: readonly CompanyPart[];
};
export type CompanyPart = {
  readonly number: string;
  readonly quantity: string;
  readonly uom?: string;
  readonly scrap?: string;
  readonly alternate?: string;
};

const heights = [1200, 1500, 1800, 2000, 2200, 2500];
const widths = [600, 800, 1000, 1200, 1500];
const depths = [300, 400, 500];
const colours = [
  ["7035", "light grey"],
  ["5010", "gentian blue"],
  ["9005", "jet black"],
] as const;

/** Items in the order in which they can be created: everything before what it is made of. */
export const companyItems: readonly CompanyItem[] = [
  ...tubes(),
  ...sheets(),
  ...hardware(),
  ...boughtParts(),
  ...hardwareKits(),
  ...posts(),
  ...beams(),
  ...shelves(),
  ...sideFrames(),
  ...drawers(),
  ...racks(),
  ...benches(),
  ...carts(),
];

/** What goes into the brackets of the line, which the operator makes known with their routing. */
export const bracketParts: Readonly<Record<string, readonly CompanyPart[]>> = {
  "BR-100": bracket("100", false),
  "BR-120": bracket("120", true),
  "BR-200": bracket("200", false),
  "BR-220": bracket("220", true),
};

function tubes(): CompanyItem[] {
  return [20, 25, 30, 35, 40, 50].map((size) => ({
    number: `TU-${size}`,
    name: `Square tube ${size} × ${size} × 2, S235`,
    kind: "buy",
    uom: "m",
    price: price(0.9 + size * 0.075),
  }));
}

function sheets(): CompanyItem[] {
  const thin = [1, 1.5, 2, 3].map((thickness): CompanyItem => ({
    number: `SH-${thickness * 10}`,
    name: `Steel sheet ${thickness} mm, DC01`,
    kind: "buy",
    uom: "m2",
    price: price(6 + thickness * 7.85),
  }));
  const flats = ["100", "120", "200", "220"].map((type): CompanyItem => ({
    number: `FL-${type}`,
    name: `Flat bar for bracket ${type}, S355`,
    kind: "buy",
    uom: "m",
    price: price(4 + Number(type) / 100),
  }));
  return [...thin, ...flats];
}

function hardware(): CompanyItem[] {
  const screws = [4, 5, 6, 8, 10].flatMap((size) =>
    [12, 16, 20, 30, 40].map((length): CompanyItem => ({
      number: `SC-M${size}X${length}`,
      name: `Hexagon socket screw M${size} × ${length}, 8.8`,
      kind: "buy",
      uom: "pc",
      price: price(0.01 + size * length * 0.0004),
    })),
  );
  const small = [4, 5, 6, 8, 10].flatMap((size): CompanyItem[] => [
    {
      number: `NU-M${size}`,
      name: `Nut M${size}`,
      kind: "buy",
      uom: "pc",
      price: price(size * 0.006),
    },
    {
      number: `WA-M${size}`,
      name: `Washer M${size}`,
      kind: "buy",
      uom: "pc",
      price: price(size * 0.003),
    },
  ]);
  return [...screws, ...small];
}

function boughtParts(): CompanyItem[] {
  const powders = colours.map(([ral, name]): CompanyItem => ({
    number: `PW-${ral}`,
    name: `Powder coating RAL ${ral} ${name}`,
    kind: "buy",
    uom: "kg",
    tracking: "lot",
    price: price(6.4),
  }));
  const feet = ["M8", "M10"].map((size): CompanyItem => ({
    number: `FT-${size}`,
    name: `Levelling foot ${size}`,
    kind: "buy",
    uom: "pc",
    price: price(0.85),
  }));
  const castors = [75, 100, 125].map((size): CompanyItem => ({
    number: `CA-${size}`,
    name: `Swivel castor ${size} mm with brake`,
    kind: "buy",
    uom: "pc",
    price: price(3 + size / 25),
  }));
  const tops = widths.map((width): CompanyItem => ({
    number: `BT-${width}`,
    name: `Beech worktop ${width} × 700`,
    kind: "buy",
    uom: "pc",
    price: price(28 + width * 0.055),
  }));
  const cartons = [1, 2, 3, 4, 5, 6].map((size): CompanyItem => ({
    number: `CT-${size}`,
    name: `Carton size ${size}`,
    kind: "buy",
    uom: "pc",
    price: price(0.4 + size * 0.35),
  }));
  const others: CompanyItem[] = [
    {
      number: "GR-PA6",
      name: "Granulate PA6",
      kind: "buy",
      uom: "kg",
      tracking: "lot",
      price: "3.9",
    },
    { number: "BU-12", name: "Bronze bushing 12", kind: "buy", uom: "pc", price: "0.74" },
    { number: "BU-20", name: "Bronze bushing 20", kind: "buy", uom: "pc", price: "1.1" },
    { number: "SL-350", name: "Drawer slide 350, pair", kind: "buy", uom: "set", price: "7.6" },
    { number: "SL-450", name: "Drawer slide 450, pair", kind: "buy", uom: "set", price: "8.4" },
    { number: "HA-96", name: "Bow handle 96", kind: "buy", uom: "pc", price: "1.35" },
    { number: "LO-1", name: "Cam lock, keyed alike", kind: "buy", uom: "pc", price: "2.2" },
    { number: "LB-EAN", name: "Label with bar code", kind: "buy", uom: "pc", price: "0.03" },
    { number: "MN-1", name: "Assembly instructions", kind: "buy", uom: "pc", price: "0.12" },
  ];
  return [...powders, ...feet, ...castors, ...tops, ...cartons, ...others];
}

/** Never made as such: they blow through to their screws. */
function hardwareKits(): CompanyItem[] {
  return [5, 6, 8, 10].map((size) => ({
    number: `KIT-M${size}`,
    name: `Fastener kit M${size}`,
    kind: "phantom",
    uom: "set",
    parts: [
      part(`SC-M${size}X20`, 4, { alternate: `SC-M${size}X16` }),
      part(`NU-M${size}`, 4),
      part(`WA-M${size}`, 8),
    ],
  }));
}

function posts(): CompanyItem[] {
  return heights.map((height) => ({
    number: `PO-${height}`,
    name: `Post ${height}`,
    kind: "make",
    uom: "pc",
    steps: [step("Cut", "Tube saw", 0.8, 6), step("Drill", "Drill press", 2.4, 12)],
    parts: [part("TU-40", height, { uom: "mm", scrap: "3", alternate: "TU-35" })],
  }));
}

function beams(): CompanyItem[] {
  return [...widths, ...depths].map((length) => ({
    number: `BM-${length}`,
    name: `Beam ${length}`,
    kind: "make",
    uom: "pc",
    steps: [step("Cut", "Tube saw", 0.6, 6), step("Notch", "Drill press", 1.1, 10)],
    parts: [part("TU-30", length - 40, { uom: "mm", scrap: "3" })],
  }));
}

function shelves(): CompanyItem[] {
  return widths.flatMap((width) =>
    depths.flatMap((depth) =>
      colours.map(([ral, name]): CompanyItem => ({
        number: `SF-${width}-${depth}-${ral}`,
        name: `Shelf ${width} × ${depth}, ${name}`,
        kind: "make",
        uom: "pc",
        steps: [
          step("Laser", "Laser", 1.5, 10),
          step("Bend", "Press brake", 2, 15),
          step("Coat", "Powder coating", 3, 30),
        ],
        parts: [
          part("SH-10", ((width + 60) * (depth + 60)) / 1e6, { scrap: "8", alternate: "SH-15" }),
          part(`PW-${ral}`, (width * depth * 2 * 0.14) / 1e6, { scrap: "25" }),
        ],
      })),
    ),
  );
}

function sideFrames(): CompanyItem[] {
  return heights.flatMap((height) =>
    depths.flatMap((depth) =>
      colours.map(([ral, name]): CompanyItem => ({
        number: `FR-${height}-${depth}-${ral}`,
        name: `Side frame ${height} × ${depth}, ${name}`,
        kind: "make",
        uom: "pc",
        steps: [step("Weld", "Welding cell 1", 9, 15), step("Coat", "Powder coating", 6, 30)],
        parts: [
          part(`PO-${height}`, 2),
          part(`BM-${depth}`, height > 1800 ? 4 : 3),
          part(`PW-${ral}`, (height * depth * 0.11) / 1e6, { scrap: "25" }),
          part("FT-M10", 2),
        ],
      })),
    ),
  );
}

function drawers(): CompanyItem[] {
  return [350, 450].map((depth) => ({
    number: `DR-${depth}`,
    name: `Drawer ${depth}`,
    kind: "make",
    uom: "pc",
    steps: [step("Bend", "Press brake", 6, 15), step("Assemble", "Assembly bench A", 7, 0)],
    parts: [
      part("SH-15", 0.62, { scrap: "8" }),
      part(`SL-${depth}`, 1),
      part("HA-96", 1),
      part("LO-1", 1),
      part("KIT-M5", 1),
    ],
  }));
}

/** One rack per height and width; depth and colour go round, as an order book would. */
function racks(): CompanyItem[] {
  return heights.flatMap((height, row) =>
    widths.flatMap((width, column) => {
      const depth = depths[(row + column) % depths.length] ?? 400;
      const colour = colours[(row * 2 + column) % colours.length] ?? colours[0];
      const counts = height < 2000 ? [4, 5] : [4, 5, 6];
      return counts.map((count): CompanyItem => ({
        number: `RK-${height}-${width}-${count}`,
        name: `Rack ${height} × ${width} × ${depth}, ${count} shelves, ${colour[1]}`,
        kind: "make",
        uom: "pc",
        steps: [step("Pack", "Final packing", 6, 0)],
        parts: [
          part(`FR-${height}-${depth}-${colour[0]}`, 2),
          part(`SF-${width}-${depth}-${colour[0]}`, count),
          part(`BM-${width}`, 4),
          part("BR-100", count * 4, { alternate: "BR-200" }),
          part("KIT-M8", count),
          part("CT-5", 1),
          part("MN-1", 1),
          part("LB-EAN", 2),
        ],
      }));
    }),
  );
}

function benches(): CompanyItem[] {
  return widths.flatMap((width) =>
    [0, 2].map((count): CompanyItem => ({
      number: `WB-${width}-${count}`,
      name: `Workbench ${width}${count === 0 ? "" : `, ${count} drawers`}`,
      kind: "make",
      uom: "pc",
      steps: [step("Assemble", "Assembly bench B", 22, 5), step("Pack", "Final packing", 8, 0)],
      parts: [
        part("FR-1200-500-7035", 2),
        part(`BM-${width}`, 3),
        part(`BT-${width}`, 1),
        part("BR-200", 6, { alternate: "BR-220" }),
        ...(count === 0 ? [] : [part("DR-450", count)]),
        part("KIT-M10", 2),
        part("CT-6", 2),
      ],
    })),
  );
}

function carts(): CompanyItem[] {
  return [600, 800, 1000].flatMap((width) =>
    [75, 100, 125].map((castor): CompanyItem => ({
      number: `TC-${width}-${castor}`,
      name: `Tool cart ${width}, castors ${castor}`,
      kind: "make",
      uom: "pc",
      tracking: "serial",
      steps: [
        step("Assemble", "Assembly bench A", 35, 5),
        step("Check and pack", "Final packing", 9, 0),
      ],
      parts: [
        part("FR-1200-400-5010", 2),
        part(`SF-${width}-400-5010`, 3),
        part("DR-350", 3),
        part(`CA-${castor}`, 4, { alternate: castor === 75 ? "CA-100" : "CA-75" }),
        part("BR-120", 8),
        part("KIT-M8", 3),
        part("CT-4", 1),
        part("LB-EAN", 1),
      ],
    })),
  );
}

function bracket(type: string, hasBushing: boolean): CompanyPart[] {
  return [
    part(`FL-${type}`, 220, { uom: "mm", scrap: "4" }),
    part("GR-PA6", 0.35),
    ...(hasBushing ? [part(type === "120" ? "BU-12" : "BU-20", 2)] : []),
    part("CT-1", 0.166667),
  ];
}

function part(
  number: string,
  quantity: number,
  more: Omit<CompanyPart, "number" | "quantity"> = {},
): CompanyPart {
  return { number, quantity: String(Math.round(quantity * 1e6) / 1e6), ...more };
}

function step(name: string, workCenter: string, minutes: number, setup: number) {
  return { name, workCenter, minutes, setup };
}

function price(amount: number): string {
  return amount.toFixed(2);
}
