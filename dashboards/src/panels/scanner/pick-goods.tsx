import type { Scanned } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { locationsQuery, picksQuery, stockKeys } from "../../api/stock-queries.ts";
import type { Moves, Picks } from "../../api/stock-shapes.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { newUuid } from "../../ui/new-uuid.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { QuantityEntry } from "./quantity-entry.tsx";
import { type ScanAnswer, ScanBox } from "./scan-box.tsx";

type Asked = { itemId: string; itemNumber: string; itemName: string; uom: string };

/** Goods go out: scan the item, enter how many; then bin by bin, in the order to walk. */
export function PickGoods() {
  const t = useTranslations();
  const { data: places } = useQuery(locationsQuery);
  const targets = (places?.rows ?? []).filter(
    ({ kind }) => kind === "production" || kind === "customer",
  );
  const [targetId, setTargetId] = useState("");
  const target = targets.find((one) => one.locationId === targetId) ?? targets[0];
  const [asked, setAsked] = useState<Asked | null>(null);
  const [quantity, setQuantity] = useState<string | null>(null);
  const takeItem = ({ kind, itemId, itemNumber, itemName, uom }: Scanned): ScanAnswer => {
    if (kind === "location") return t("scanner.isPlace");
    if (itemId === null) return t("scanner.unknown");
    setAsked({ itemId, itemNumber: itemNumber ?? "", itemName: itemName ?? "", uom: uom ?? "" });
    return null;
  };
  const begin = () => {
    setAsked(null);
    setQuantity(null);
  };
  if (places !== undefined && target === undefined) {
    return <p className="notice">{t("scanner.noTarget")}</p>;
  }
  return (
    <div className="scanner-steps">
      <label className="scan-target">
        {t("scanner.pickFor")}
        <select
          className="select"
          value={target?.locationId ?? ""}
          onChange={(event) => setTargetId(event.target.value)}
        >
          {targets.map(({ locationId, code, name }) => (
            <option key={locationId} value={locationId}>
              {code} · {name}
            </option>
          ))}
        </select>
      </label>
      {asked === null && <ScanBox prompt={t("scanner.scanItem")} onScan={takeItem} />}
      {asked !== null && (
        <div className="scan-goods">
          <p>
            <b>{asked.itemNumber}</b> {asked.itemName}
          </p>
          <button type="button" className="button" onClick={begin}>
            {t("scanner.drop")}
          </button>
        </div>
      )}
      {asked !== null && quantity === null && (
        <QuantityEntry
          label={t("scanner.howMany")}
          uom={asked.uom}
          action={t("scanner.findBins")}
          onEnter={setQuantity}
        />
      )}
      {asked !== null && quantity !== null && target !== undefined && (
        <Walk
          key={`${asked.itemId} ${quantity}`}
          asked={{ ...asked, quantity }}
          targetId={target.locationId}
          onDone={begin}
        />
      )}
    </div>
  );
}

type PickRow = Picks["rows"][number];

/** The bins to go to. What they say is kept for the walk: a pick must not change the list under it. */
function Walk({
  asked,
  targetId,
  onDone,
}: {
  asked: Asked & { quantity: string };
  targetId: string;
  onDone: () => void;
}) {
  const { itemId, quantity } = asked;
  const query = useQuery({
    ...picksQuery({ itemId, quantity }),
    // Not under `stock`, so that the moves of this walk do not ask again.
    queryKey: ["walk", itemId, quantity],
    refetchOnMount: false,
    gcTime: 0,
  });
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={64} />}>
      {(picks) => <Steps asked={asked} picks={picks} targetId={targetId} onDone={onDone} />}
    </Loaded>
  );
}

function Steps({
  asked,
  picks,
  targetId,
  onDone,
}: {
  asked: Asked & { quantity: string };
  picks: Picks;
  targetId: string;
  onDone: () => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const client = useQueryClient();
  const [moveIds] = useState(() => picks.rows.map(() => newUuid()));
  const [doneCount, setDoneCount] = useState(0);
  const [isBinSeen, setBinSeen] = useState(false);
  const current = picks.rows[doneCount];
  const post = useCommand<{ row: PickRow; moveId: string }, unknown>(() => "/api/stock/moves", {
    body: ({ row, moveId }): Moves => ({
      moves: [
        {
          moveId,
          itemId: row.itemId,
          quantity: row.quantity,
          fromLocationId: row.locationId,
          toLocationId: targetId,
          lotNumber: row.lotNumber,
          reason: "Picked",
        },
      ],
    }),
    onSuccess: async () => {
      setDoneCount((count) => count + 1);
      setBinSeen(false);
      await client.invalidateQueries({ queryKey: stockKeys.all });
    },
  });
  const confirm = () => {
    const moveId = moveIds[doneCount];
    if (current !== undefined && moveId !== undefined && !post.isPending) {
      post.mutate({ row: current, moveId });
    }
  };
  const take = ({ kind, locationId, itemId, lotId, lotNumber }: Scanned): ScanAnswer => {
    if (current === undefined) return null;
    if (!isBinSeen) {
      if (kind !== "location") return t("scanner.notPlace");
      const isPicked = picks.rows.slice(0, doneCount).some((row) => row.locationId === locationId);
      if (locationId !== current.locationId) {
        return t(isPicked ? "scanner.pickedAlready" : "scanner.otherBin", {
          bin: current.locationCode,
        });
      }
      setBinSeen(true);
      if (current.lotId === null) confirm();
      return null;
    }
    const isLot = lotId === null ? lotNumber === current.lotNumber : lotId === current.lotId;
    if (itemId !== current.itemId || !isLot) {
      return t("scanner.otherLot", { lot: current.lotNumber ?? "" });
    }
    confirm();
    return null;
  };
  return (
    <>
      {Number(picks.missing) > 0 && (
        <p className="notice">
          {t("scanner.missing", { quantity: format.quantity(picks.missing), uom: asked.uom })}
        </p>
      )}
      <ol className="walk" aria-label={t("scanner.walk")}>
        {picks.rows.map((row, index) => (
          <li
            key={`${row.locationId} ${row.lotId}`}
            data-step={index < doneCount ? "done" : index === doneCount ? "now" : "later"}
          >
            <Icon name={index < doneCount ? "check" : "empty"} />
            <b className="walk-bin">{row.locationCode}</b>
            <span>{row.lotNumber ?? ""}</span>
            <b>
              {format.quantity(row.quantity)} {row.uom}
            </b>
          </li>
        ))}
      </ol>
      {current === undefined ? (
        <>
          <p className="notice notice-good">
            {t(picks.rows.length === 0 ? "scanner.nothingThere" : "scanner.allPicked")}
          </p>
          <button type="button" className="button button-main scan-button" onClick={onDone}>
            {t("scanner.nextItem")}
          </button>
        </>
      ) : (
        <ScanBox
          prompt={
            isBinSeen
              ? t("scanner.scanLot", { lot: current.lotNumber ?? "" })
              : t("scanner.scanThatBin", { bin: current.locationCode })
          }
          onScan={take}
        />
      )}
      {post.error !== null && <ProblemNote error={post.error} />}
    </>
  );
}
