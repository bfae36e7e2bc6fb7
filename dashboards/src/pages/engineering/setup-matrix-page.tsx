import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { engineeringKeys, setupMatrixQuery } from "../../api/engineering-queries.ts";
import type { SetupMatrix, SetupMatrixInput } from "../../api/engineering-shapes.ts";
import { useMay } from "../../api/identity-queries.ts";
import { equipmentQuery } from "../../api/queries.ts";
import { SaveBar } from "../../forms/engineering/save-bar.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { newUuid } from "../../ui/new-uuid.ts";
import { useSave } from "../../ui/use-save.ts";

/** How long a machine is set up from one family of work to another. */
export function SetupMatrixPage() {
  const t = useTranslations();
  const query = useQuery(setupMatrixQuery);
  return (
    <>
      <PageHead title={t("page.setupMatrix")} />
      <Loaded query={query} skeleton={<Skeleton count={4} height={60} />}>
        {(matrix) => <Editor key={matrix.version} matrix={matrix} />}
      </Loaded>
    </>
  );
}

function Editor({ matrix }: { matrix: SetupMatrix }) {
  const t = useTranslations();
  const client = useQueryClient();
  const may = useMay();
  const { data: equipment } = useQuery({ ...equipmentQuery, enabled: may("equipment:read") });
  const [typed, setTyped] = useState(matrix);
  const [workCenterId, setWorkCenterId] = useState<string | null>(null);
  const save = useSave<SetupMatrixInput, SetupMatrix>("PUT", () => "/api/setup-matrix", {
    body: (asked) => asked,
    version: () => matrix.version,
    onSuccess: (saved) => {
      client.setQueryData(engineeringKeys.setupMatrix, saved);
    },
  });
  const { families, setups } = typed;
  const isPair = (from: string, to: string) => (one: SetupMatrix["setups"][number]) =>
    one.workCenterId === workCenterId && one.fromFamilyId === from && one.toFamilyId === to;
  const set = (from: string, to: string, text: string) => {
    const others = setups.filter((one) => !isPair(from, to)(one));
    const minutes = Number(text);
    const isEmpty = text === "" || !Number.isFinite(minutes);
    const setup = { workCenterId, fromFamilyId: from, toFamilyId: to, minutes };
    setTyped({ ...typed, setups: isEmpty ? others : [...others, setup] });
  };
  const remove = (family: string) =>
    setTyped({
      ...typed,
      families: families.filter(({ setupFamilyId }) => setupFamilyId !== family),
      setups: setups.filter((one) => one.fromFamilyId !== family && one.toFamilyId !== family),
    });
  const centers = equipment?.areas.flatMap((area) => area.workCenters) ?? [];
  return (
    <Panel title={t("page.setupMatrix")}>
      <p className="hint">{t("setupMatrix.intro")}</p>
      <label className="draft-quantity">
        {t("setupMatrix.of")}
        <select
          className="select select-revision"
          value={workCenterId ?? ""}
          onChange={(event) => setWorkCenterId(event.target.value || null)}
        >
          <option value="">{t("setupMatrix.everywhere")}</option>
          {centers.map((center) => (
            <option key={center.workCenterId} value={center.workCenterId}>
              {center.name}
            </option>
          ))}
        </select>
      </label>
      {families.length === 0 && <p className="none">{t("setupMatrix.none")}</p>}
      <form
        className="form"
        aria-label={t("page.setupMatrix")}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ families, setups });
        }}
      >
        {families.length > 0 && (
          <div className="matrix-frame">
            <table className="matrix" aria-label={t("page.setupMatrix")}>
              <thead>
                <tr>
                  <th>{t("setupMatrix.fromTo")}</th>
                  {families.map(({ setupFamilyId, name }) => (
                    <th key={setupFamilyId}>{name}</th>
                  ))}
                  <th>
                    <span className="visually-hidden">{t("bom.remove")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {families.map((from) => (
                  <tr key={from.setupFamilyId}>
                    <th scope="row">{from.name}</th>
                    {families.map((to) => (
                      <td key={to.setupFamilyId}>
                        <input
                          className="input"
                          type="number"
                          min={0}
                          max={10_080}
                          step="any"
                          disabled={!may("item:change")}
                          aria-label={t("setupMatrix.cell", { from: from.name, to: to.name })}
                          value={
                            setups.find(isPair(from.setupFamilyId, to.setupFamilyId))?.minutes ?? ""
                          }
                          onChange={(event) =>
                            set(from.setupFamilyId, to.setupFamilyId, event.target.value)
                          }
                        />
                      </td>
                    ))}
                    <td>
                      <button
                        type="button"
                        className="icon-button"
                        aria-label={t("setupMatrix.removeFamily", { name: from.name })}
                        onClick={() => remove(from.setupFamilyId)}
                      >
                        <Icon name="close" size={16} />
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <SaveBar
          isChanged={typed !== matrix}
          isPending={save.isPending}
          error={save.error}
          onDiscard={() => {
            save.reset();
            setTyped(matrix);
          }}
          onLookAgain={() =>
            void client.invalidateQueries({ queryKey: engineeringKeys.setupMatrix })
          }
        />
      </form>
      {may("item:change") && (
        <AddFamily
          onAdd={(name) =>
            setTyped({ ...typed, families: [...families, { setupFamilyId: newUuid(), name }] })
          }
        />
      )}
    </Panel>
  );
}

function AddFamily({ onAdd }: { onAdd: (name: string) => void }) {
  const t = useTranslations();
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    onAdd(name.trim());
    setName("");
  };
  return (
    <form className="form-line" onSubmit={submit}>
      <input
        className="input input-short"
        aria-label={t("setupMatrix.familyName")}
        placeholder={t("setupMatrix.familyName")}
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <button type="submit" className="button">
        <Icon name="add" size={16} /> {t("setupMatrix.addFamily")}
      </button>
    </form>
  );
}
