import { useMemo } from "react";
import { encode } from "uqr";

/** A QR code, black on white in every theme: readers do not see others well. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const source = useMemo(() => `data:image/svg+xml,${encodeURIComponent(drawn(text))}`, [text]);
  return <img className="qr-code" alt={label} src={source} />;
}

/** One square per dark module, in one path. */
function drawn(text: string): string {
  // ISO/IEC 18004, 9.1: four modules of quiet zone around the symbol.
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${squares.join("")}"/></svg>`;
}
