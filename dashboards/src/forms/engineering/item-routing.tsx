import type { StoredItem } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import {
  capabilitiesQuery,
  engineeringKeys,
  setupMatrixQuery,
} from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { equipmentQuery } from "../../api/queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { itemInput, routingInput, type TypedStep, typedItem, typedSteps } from "./item-input.ts";
import { RoutingStepFields } from "./routing-step-fields.tsx";
import { SaveBar } from "./save-bar.tsx";
import { useSaveItem } from "./use-save-item.ts";

/** How an item is made: steps in order, each with its place, times and what else could do it. */
export function ItemRouting({ item }: { item: StoredItem }) {
  const t = useTranslations();
  const client = useQueryClient();
  const may = useMay();
  const mayChange = may("item:change");
  const { data: equipment } = useQuery({ ...equipmentQuery, enabled: may("equipment:read") });
  const { data: matrix } = useQuery(setupMatrixQuery);
  const { data: capabilities } = useQuery(capabilitiesQuery);
  const [steps, setSteps] = useState(() => typedSteps(item));
  const [isWrong, setWrong] = useState(false);
  const save = useSaveItem(item);
  const isChanged = wordsOf(steps) !== wordsOf(typedSteps(item));
  const move = (from: number, to: number) => {
    const step = steps[from];
    if (step === undefined || to < 0 || to >= steps.length) return;
    setSteps(steps.toSpliced(from, 1).toSpliced(to, 0, step));
  };
  return (
    <form
      className="form"
      aria-label={t("items.tab.routing")}
      onSubmit={(event) => {
        event.preventDefault();
        const operations = routingInput(steps);
        setWrong(operations === null);
        if (operations !== null) save.mutate(itemInput(typedItem(item), operations));
      }}
    >
      {steps.length === 0 && <p className="none">{t("routing.none")}</p>}
      <fieldset className="steps" disabled={!mayChange}>
        {steps.map((step, index) => (
          <RoutingStepFields
            key={step.key}
            number={(index + 1) * 10}
            step={step}
            uom={item.uom}
            equipment={equipment}
            families={matrix?.families ?? []}
            capabilities={capabilities?.rows ?? []}
            onChange={(next) => setSteps(steps.with(index, next))}
            onUp={index > 0 ? () => move(index, index - 1) : null}
            onDown={index < steps.length - 1 ? () => move(index, index + 1) : null}
            onRemove={() => setSteps(steps.toSpliced(index, 1))}
          />
        ))}
        {mayChange && (
          <button
            type="button"
            className="button button-start"
            onClick={() => setSteps([...steps, emptyStep(steps)])}
          >
            <Icon name="add" size={16} /> {t("item.addOperation")}
          </button>
        )}
      </fieldset>
      {isWrong && (
        <p className="form-error" role="alert">
          {t("routing.timesWrong")}
        </p>
      )}
      <SaveBar
        isChanged={isChanged}
        isPending={save.isPending}
        error={save.error}
        onDiscard={() => {
          save.reset();
          setWrong(false);
          setSteps(typedSteps(item));
        }}
        onLookAgain={() =>
          void client.invalidateQueries({ queryKey: engineeringKeys.item(item.itemId) })
        }
      />
    </form>
  );
}

function emptyStep(steps: readonly TypedStep[]): TypedStep {
  return {
    key: 1 + Math.max(-1, ...steps.map(({ key }) => key)),
    name: "",
    workCenterId: "",
    run: "",
    setup: "0:00",
    transferQuantity: "",
    setupFamilyId: "",
    capabilityIds: [],
    alternatives: [],
  };
}

/** Steps without the keys of this typing, to see whether anything differs. */
function wordsOf(steps: readonly TypedStep[]): string {
  return JSON.stringify(steps, (name, value: unknown) => (name === "key" ? undefined : value));
}
