import type { ReservationOnTheWire } from "@millwright/contracts/api";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { reservationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";

const commands = ["pick", "release"] as const;
type Asked = { reservationId: string; command: (typeof commands)[number] };

/** Stock that is kept for somebody, newest first; picked or given back on the spot. */
export function ReservationList({ filter }: { filter: { itemId?: string } }) {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useInfiniteQuery(reservationsQuery(filter));
  const choices = useListChoices("reservations");
  const act = useCommand<Asked, ReservationOnTheWire>(
    ({ reservationId, command }) => `/api/stock/reservations/${reservationId}/${command}`,
    { body: () => null, onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }) },
  );
  const columns = useColumns(act.isPending ? null : act.mutate);
  return (
    <>
      <div className="list-head">
        <ListTools
          choices={choices}
          columns={columns}
          filter={filter}
          files={{ title: t("stock.view.reservations"), path: "/api/stock/reservations" }}
        />
      </div>
      {act.error !== null && <ProblemNote error={act.error} />}
      <Paged query={query} empty={<p>{t("reservation.none")}</p>}>
        {(rows) => (
          <ListTable
            label={t("stock.view.reservations")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ reservationId }) => reservationId}
            isLinked={false}
          />
        )}
      </Paged>
    </>
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
      renderCell: ({ quantity, uom }) => (
        <>
          {format.quantity(quantity)} <span className="unit">{uom}</span>
        </>
      ),
    },
    {
      name: "consumed",
      title: t("reservation.consumed"),
      isNumber: true,
      isWide: true,
      renderCell: ({ consumed, uom }) => (
        <>
          {format.quantity(consumed)} <span className="unit">{uom}</span>
        </>
      ),
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
