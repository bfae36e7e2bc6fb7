import { type KeyboardEvent, useRef } from "react";
import { useTranslations } from "use-intl";

import type { Role } from "../../api/identity-shapes.ts";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { newUuid } from "../../ui/new-uuid.ts";
import { useAccessWords } from "./access-words.ts";
import {
  type Cell,
  everything,
  type MatrixRow,
  type Place,
  type PolicyDraft,
  type Verdict,
  withEffect,
} from "./matrix.ts";

/**
 * Roles across, actions down. One cell is in the tab order; arrows move it, `a`, `d` and `n` set allow,
 * deny and none, Enter goes on to its rules (WAI-ARIA grid pattern).
 */
export function RoleMatrix({
  rows,
  roles,
  cellAt,
  chosen,
  draft,
  mayChange,
  onChoose,
  onChange,
  onEditRole,
}: {
  rows: readonly MatrixRow[];
  roles: readonly Role[];
  cellAt: (place: Place) => Cell;
  chosen: Place | null;
  draft: PolicyDraft;
  mayChange: boolean;
  onChoose: (place: Place) => void;
  onChange: (draft: PolicyDraft) => void;
  onEditRole: (role: Role) => void;
}) {
  const t = useTranslations();
  const words = useAccessWords();
  const grid = useRef<HTMLTableElement>(null);
  const at = {
    row: Math.max(
      0,
      rows.findIndex((row) => isRow(row, chosen)),
    ),
    column: Math.max(
      0,
      roles.findIndex(({ role }) => role === chosen?.role),
    ),
  };
  const go = (row: number, column: number) => {
    const [nextRow, nextRole] = [rows[row], roles[column]];
    if (nextRow === undefined || nextRole === undefined) return;
    onChoose({ ...nextRow, role: nextRole.role });
    grid.current?.querySelector<HTMLElement>(`[data-at="${row} ${column}"]`)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, [row: number, column: number]> = {
      ArrowUp: [at.row - 1, at.column],
      ArrowDown: [at.row + 1, at.column],
      ArrowLeft: [at.row, at.column - 1],
      ArrowRight: [at.row, at.column + 1],
      Home: [at.row, 0],
      End: [at.row, roles.length - 1],
    };
    const effects = { a: "allow", d: "deny", n: "none", Delete: "none" } as const;
    const move = moves[event.key];
    const effect = Object.entries(effects).find(([key]) => key === event.key)?.[1];
    if (move !== undefined) go(...move);
    else if (effect !== undefined && chosen !== null && mayChange) {
      onChange(withEffect(draft, chosen, effect, newUuid));
    } else if (event.key === "Enter") document.getElementById("cell-panel")?.focus();
    else return;
    event.preventDefault();
    // `a` and `d` are not shortcuts of the app here.
    event.stopPropagation();
  };
  if (roles.length === 0) return <p className="none">{t("access.noRoleFound")}</p>;
  return (
    <div className="table-frame matrix-frame">
      {/* A table that is a grid keeps its headings for those who hear it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role */}
      <table ref={grid} className="matrix" role="grid" aria-label={t("access.matrix")}>
        <thead>
          <tr>
            <th className="matrix-corner">
              <span className="visually-hidden">{t("access.action")}</span>
            </th>
            {roles.map((role) => (
              <th key={role.role} scope="col">
                <button
                  type="button"
                  className="matrix-role"
                  title={t("access.editRole", { role: role.title })}
                  onClick={() => onEditRole(role)}
                >
                  {role.title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, rowIndex) => (
            <tr
              key={`${row.objectType}:${row.action}`}
              className={row.action === everything ? "matrix-group" : undefined}
            >
              <th scope="row">
                {row.action === everything ? (
                  <>
                    {words.objectType(row.objectType)}{" "}
                    <span className="unit">· {t("access.all")}</span>
                  </>
                ) : (
                  words.action(row.action)
                )}
              </th>
              {roles.map(({ role, title }, column) => {
                const place = { ...row, role };
                const cell = cellAt(place);
                const isAt = rowIndex === at.row && column === at.column;
                return (
                  <td
                    key={role}
                    data-at={`${rowIndex} ${column}`}
                    className="matrix-cell"
                    data-verdict={cell.verdict}
                    data-own={cell.own.length > 0}
                    tabIndex={isAt ? 0 : -1}
                    aria-selected={isAt && chosen !== null}
                    aria-label={labelOf(cell, [
                      title,
                      words.objectType(row.objectType),
                      words.action(row.action),
                    ])}
                    onClick={() => go(rowIndex, column)}
                    onFocus={() => chosen === null && onChoose(place)}
                    onKeyDown={press}
                  >
                    <VerdictIcon cell={cell} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );

  function labelOf({ verdict, own, inherited }: Cell, names: readonly string[]): string {
    const from = own.length === 0 && inherited.length > 0 ? [t("access.inherited")] : [];
    return [...names, t(`verdict.${verdict}`), ...from].join(", ");
  }
}

function isRow(row: MatrixRow, place: Place | null): boolean {
  return row.objectType === place?.objectType && row.action === place.action;
}

const icons = { allow: "check", sometimes: "half", deny: "close" } as const satisfies Partial<
  Record<Verdict, IconName>
>;

function VerdictIcon({ cell }: { cell: Cell }) {
  if (cell.verdict === "none") return <span className="matrix-none">·</span>;
  return (
    <span className="matrix-mark">
      <Icon name={icons[cell.verdict]} size={18} />
      {cell.own.length === 0 && <Icon name="inherited" size={14} />}
    </span>
  );
}
