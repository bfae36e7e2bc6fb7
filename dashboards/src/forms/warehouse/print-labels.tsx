import type { Problem, PrintLabels as AskedLabels } from "@millwright/contracts/api";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { ProblemError } from "../../api/client.ts";
import { Icon } from "../../ui/icon.tsx";
import { ProblemNote } from "../../ui/problem.tsx";

type Label =
  | { of: "location"; locationId: string }
  | { of: "item"; itemId: string; lotNumber?: string };

/** Opens a PDF of labels, a page each; the browser prints it. */
export function PrintLabels({
  labels,
  words,
  isSmall = false,
}: {
  labels: readonly Label[];
  words?: string;
  isSmall?: boolean;
}) {
  const t = useTranslations();
  const print = useMutation({ mutationFn: () => openPdf({ format: "pdf", labels }) });
  return (
    <>
      <button
        type="button"
        className={isSmall ? "button button-small above-row" : "button"}
        disabled={print.isPending || labels.length === 0}
        onClick={() => print.mutate()}
      >
        <Icon name="print" size={16} /> {words ?? t("label.print")}
      </button>
      {print.error !== null && <ProblemNote error={print.error} />}
    </>
  );
}

async function openPdf(asked: { format: AskedLabels["format"]; labels: readonly Label[] }) {
  const response = await fetch("/api/stock/labels", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new ProblemError((await response.json()) as Problem);
  const address = URL.createObjectURL(await response.blob());
  // A window that was kept from opening still gets the file.
  if (globalThis.open(address) === null) {
    const link = document.createElement("a");
    link.href = address;
    link.download = "labels.pdf";
    link.click();
  }
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
