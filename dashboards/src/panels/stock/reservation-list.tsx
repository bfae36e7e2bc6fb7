import type { ReservationOnTheWire } from "@millwright/contracts/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { reservationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { ListPanel } from "../lists/list-panel.tsx";
import type { Column } from "../lists/list-table.tsx";

const commands = ["pick", "release"] as const;
type Asked = { reservationId: string; command: (typeof commands)[number] };

/** Stock that is kept for somebody, newest first; picked or given back on the spot. */
export function ReservationList({ filter }: { filter: { itemId?: string } }) {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useInfiniteQuery(reservationsQuery(filter));
  const act = useCommand<Asked, ReservationOnTheWire>(
    ({ reservationId, command }) => `/api/stock/reservations/${reservationId}/${command}`,
    { body: () => null, onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }) },
  );
  const columns = useColumns(act.isPending ? null : act.mutate);
  return (
    <ListPanel
      name="reservations"
      title={t("stock.view.reservations")}
      query={query}
      columns={columns}
      keyOf={({ reservationId }) => reservationId}
      filter={filter}
      files={{ path: "/api/stock/reservations" }}
      empty={t("reservation.none")}
      error={act.error}
    />
  );
}

/** `onCommand` is null while another one is on its way. */
function useColumns(onCommand: ((asked: Asked) => void) | null): Column<ReservationOnTheWire>[] {
  const t = useTranslations();
  const format = useFormat();
  const mayReserve = useMay()("stock:reserve");
  return [
    { name: "reference", title: t("reservation.for"), renderCell: ({ reference }) => reference },
    {
      name: "item",
      title: t("column.item"),
      renderCell: ({ itemId, itemNumber }) => (
        <Link to={paths.item} params={{ itemId }}>
          {itemNumber}
        </Link>
      ),
    },
    { name: "place", title: t("stock.place"), renderCell: ({ locationCode }) => locationCode },
    { name: "lot", title: t("stock.lot"), renderCell: ({ lotNumber }) => lotNumber ?? "–" },
    {
      name: "quantity",
      title: t("stock.quantity"),
      isNumber: true,
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
    },
    {
      name: "consumed",
      title: t("reservation.consumed"),
      isNumber: true,
      isWide: true,
      renderCell: ({ consumed, uom }) => <Quantity value={consumed} uom={uom} />,
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => t(`reservation.state.${state}`),
    },
    {
      name: "when",
      title: t("stock.when"),
      isWide: true,
      renderCell: ({ createdTime }) => format.siteTime(createdTime, "dayMinute"),
    },
    {
      name: "commands",
      title: t("workOrder.commands"),
      renderCell: ({ reservationId, commands: allowed }) =>
        mayReserve && (
          <span className="head-buttons">
            {commands
              .filter((command) => allowed[command]?.isAllowed === true)
              .map((command) => (
                <button
                  key={command}
                  type="button"
                  className="button button-small"
                  disabled={onCommand === null}
                  onClick={() => onCommand?.({ reservationId, command })}
                >
                  {t(`reservation.${command}`)}
                </button>
              ))}
          </span>
        ),
    },
  ];
}
