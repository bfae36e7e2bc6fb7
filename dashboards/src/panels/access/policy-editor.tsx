import type { PolicyOnTheWire } from "@millwright/contracts/api";
import { useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";

import { identityKeys, useMay } from "../../api/identity-queries.ts";
import type { AccessCatalogue, Role } from "../../api/identity-shapes.ts";
import { EditRole } from "../../forms/admin/edit-role.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { useSave } from "../../ui/use-save.ts";
import { useAccessWords } from "./access-words.ts";
import { CellPanel } from "./cell-panel.tsx";
import { countChanges, matrixRows, type Place, type PolicyDraft, readMatrix } from "./matrix.ts";
import { RoleMatrix } from "./role-matrix.tsx";

type Typed = { draft: PolicyDraft; version: string };

/**
 * The matrix as it is edited: nothing counts before it is saved, all of it at once and on the version
 * that was read. Another administrator's save in between is shown, never overwritten.
 */
export function PolicyEditor({
  catalogue,
  policy,
}: {
  catalogue: AccessCatalogue;
  policy: PolicyOnTheWire;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("policy:change");
  const [typed, setTyped] = useState<Typed | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [editedRole, setEditedRole] = useState<Role | "new" | null>(null);
  const draft: PolicyDraft = typed?.draft ?? policy;
  const changes = typed === null ? 0 : countChanges(policy, typed.draft);
  const cellAt = useMemo(() => readMatrix(draft), [draft]);
  const [filter, setFilter] = useState({ objectType: "", role: "" });
  const save = useSave<Typed, PolicyOnTheWire>("PUT", () => "/api/admin/policy", {
    body: ({ draft }) => ({ roles: draft.roles, rules: draft.rules }),
    version: ({ version }) => version,
    onSuccess: async (answer) => {
      client.setQueryData(identityKeys.policy, answer);
      setTyped(null);
      await client.invalidateQueries({ queryKey: identityKeys.me });
    },
  });
  useBlocker({
    shouldBlockFn: () => changes > 0 && !globalThis.confirm(t("access.leave")),
    enableBeforeUnload: changes > 0,
  });
  const change = (next: PolicyDraft) => {
    if (mayChange) setTyped({ draft: next, version: typed?.version ?? policy.version });
  };
  const discard = () => {
    setTyped(null);
    save.reset();
  };
  const lookAgain = () => {
    discard();
    void client.invalidateQueries({ queryKey: identityKeys.policy });
  };
  const roles = draft.roles
    .filter(({ role, title }) => matches(filter.role, role, title))
    .slice(0, rolesMax);
  const rows = matrixRows(catalogue).filter(
    ({ objectType }) => filter.objectType === "" || objectType === filter.objectType,
  );
  return (
    <>
      <div className="matrix-tools">
        <MatrixFilter catalogue={catalogue} filter={filter} onChange={setFilter} />
        <Legend />
        {mayChange && (
          <button type="button" className="button" onClick={() => setEditedRole("new")}>
            <Icon name="add" size={16} /> {t("access.addRole")}
          </button>
        )}
      </div>
      {!mayChange && (
        <p className="hint">{t("permission.none", { permission: "policy:change" })}</p>
      )}
      {changes > 0 && (
        <div className="save-bar">
          <output>{t("access.changes", { count: changes })}</output>
          <button type="button" className="button" onClick={discard}>
            {t("action.discard")}
          </button>
          <button
            type="button"
            className="button button-main"
            disabled={save.isPending}
            onClick={() => typed !== null && save.mutate(typed)}
          >
            {t(save.isPending ? "action.sending" : "action.save")}
          </button>
        </div>
      )}
      {save.error !== null && <ProblemNote error={save.error} onLookAgain={lookAgain} />}
      <div className="matrix-view">
        <RoleMatrix
          rows={rows}
          roles={roles}
          cellAt={cellAt}
          chosen={place}
          draft={draft}
          mayChange={mayChange}
          onChoose={setPlace}
          onChange={change}
          onEditRole={setEditedRole}
        />
        <CellPanel
          key={place === null ? "" : Object.values(place).join(" ")}
          catalogue={catalogue}
          place={place}
          draft={draft}
          cellAt={cellAt}
          mayChange={mayChange}
          onChoose={setPlace}
          onChange={change}
        />
      </div>
      {draft.roles.length > rolesMax && filter.role === "" && (
        <p className="hint">{t("access.rolesMax", { shown: rolesMax, all: draft.roles.length })}</p>
      )}
      {editedRole !== null && (
        <EditRole
          role={editedRole === "new" ? null : editedRole}
          draft={draft}
          mayChange={mayChange}
          onChange={change}
          onClose={() => setEditedRole(null)}
        />
      )}
    </>
  );
}

/** More columns than a screen can show sideways; the search finds the others. */
const rolesMax = 40;

function matches(text: string, role: string, title: string): boolean {
  return `${role} ${title}`.toLowerCase().includes(text.trim().toLowerCase());
}

function MatrixFilter({
  catalogue,
  filter,
  onChange,
}: {
  catalogue: AccessCatalogue;
  filter: { objectType: string; role: string };
  onChange: (filter: { objectType: string; role: string }) => void;
}) {
  const t = useTranslations();
  const words = useAccessWords();
  return (
    <search className="filter">
      <select
        className="select"
        aria-label={t("access.objectType")}
        value={filter.objectType}
        onChange={(event) => onChange({ ...filter, objectType: event.target.value })}
      >
        <option value="">{t("access.allObjectTypes")}</option>
        {Object.keys(catalogue.objectTypes).map((name) => (
          <option key={name} value={name}>
            {words.objectType(name)}
          </option>
        ))}
      </select>
      <span className="search">
        <Icon name="search" size={16} />
        <input
          type="search"
          aria-label={t("access.searchRole")}
          placeholder={t("access.searchRole")}
          maxLength={100}
          value={filter.role}
          onChange={(event) => onChange({ ...filter, role: event.target.value })}
        />
        <kbd aria-hidden="true">/</kbd>
      </span>
    </search>
  );
}

const verdicts = [
  ["allow", "check"],
  ["sometimes", "half"],
  ["deny", "close"],
] as const;

function Legend() {
  const t = useTranslations();
  return (
    <ul className="matrix-legend">
      {verdicts.map(([verdict, icon]) => (
        <li key={verdict} className="verdict" data-verdict={verdict}>
          <Icon name={icon} size={16} /> {t(`verdict.${verdict}`)}
        </li>
      ))}
      <li className="verdict-inherited">
        <Icon name="inherited" size={16} /> {t("access.inherited")}
      </li>
    </ul>
  );
}
