import { useTranslations } from "use-intl";

import type { Capability, SetupMatrix } from "../../api/engineering-shapes.ts";
import type { Equipment } from "../../api/shapes.ts";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { decimalPattern } from "./item-fields.tsx";
import type { TypedStep } from "./item-input.ts";
import { WorkCenterChoice } from "./work-center-choice.tsx";

/** One routing step: its own line, and below it what only some steps have. */
export function RoutingStepFields({
  number,
  step,
  uom,
  equipment,
  families,
  capabilities,
  onChange,
  onUp,
  onDown,
  onRemove,
}: {
  number: number;
  step: TypedStep;
  uom: string;
  equipment: Equipment | undefined;
  families: SetupMatrix["families"];
  capabilities: readonly Capability[];
  onChange: (step: TypedStep) => void;
  onUp: (() => void) | null;
  onDown: (() => void) | null;
  onRemove: () => void;
}) {
  const t = useTranslations();
  const set = (part: Partial<TypedStep>) => onChange({ ...step, ...part });
  return (
    <section className="step" aria-label={t("routing.step", { number })}>
      <div className="step-main">
        <b className="step-number">{number}</b>
        <TextField
          label={t("item.operation")}
          required
          value={step.name}
          onChange={(name) => set({ name })}
        />
        <WorkCenterChoice
          label={t("column.workCenter")}
          equipment={equipment}
          value={step.workCenterId}
          onChange={(workCenterId) => set({ workCenterId })}
        />
        <MinutesField
          label={t("routing.run", { uom })}
          value={step.run}
          onChange={(run) => set({ run })}
        />
        <MinutesField
          label={t("routing.setup")}
          value={step.setup}
          onChange={(setup) => set({ setup })}
        />
        <div className="step-buttons">
          <StepButton words={t("routing.up", { number })} icon="up" onPress={onUp} />
          <StepButton words={t("routing.down", { number })} icon="down_arrow" onPress={onDown} />
          <StepButton words={t("item.remove", { step: number })} icon="close" onPress={onRemove} />
        </div>
      </div>
      <div className="step-more">
        <TextField
          label={t("routing.overlap", { uom })}
          hint={t("routing.overlapHint")}
          inputMode="decimal"
          pattern={decimalPattern}
          value={step.transferQuantity}
          onChange={(transferQuantity) => set({ transferQuantity })}
        />
        <Field label={t("routing.family")}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={step.setupFamilyId}
              onChange={(event) => set({ setupFamilyId: event.target.value })}
            >
              <option value="">{t("routing.noFamily")}</option>
              {families.map(({ setupFamilyId, name }) => (
                <option key={setupFamilyId} value={setupFamilyId}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {capabilities.length > 0 && (
          <details className="step-capabilities">
            <summary>{t("routing.capabilities", { count: step.capabilityIds.length })}</summary>
            {capabilities.map(({ capabilityId, kind, name }) => (
              <label key={capabilityId} className="check">
                <input
                  type="checkbox"
                  checked={step.capabilityIds.includes(capabilityId)}
                  onChange={(event) =>
                    set({
                      capabilityIds: event.target.checked
                        ? [...step.capabilityIds, capabilityId]
                        : step.capabilityIds.filter((one) => one !== capabilityId),
                    })
                  }
                />
                {name} <span className="unit">{t(`capability.${kind}`)}</span>
              </label>
            ))}
          </details>
        )}
      </div>
      <Alternatives
        step={step}
        uom={uom}
        equipment={equipment}
        number={number}
        onChange={onChange}
      />
    </section>
  );
}

function Alternatives({
  number,
  step,
  uom,
  equipment,
  onChange,
}: {
  number: number;
  step: TypedStep;
  uom: string;
  equipment: Equipment | undefined;
  onChange: (step: TypedStep) => void;
}) {
  const t = useTranslations();
  const { alternatives } = step;
  const change = (next: TypedStep["alternatives"]) => onChange({ ...step, alternatives: next });
  return (
    <>
      {alternatives.map((other, index) => (
        <div key={other.key} className="step-main step-alternative">
          <span className="step-or">{t("routing.or")}</span>
          <WorkCenterChoice
            label={t("routing.alternative", { priority: index + 1 })}
            equipment={equipment}
            value={other.workCenterId}
            onChange={(workCenterId) =>
              change(alternatives.with(index, { ...other, workCenterId }))
            }
          />
          <MinutesField
            label={t("routing.run", { uom })}
            value={other.run}
            onChange={(run) => change(alternatives.with(index, { ...other, run }))}
          />
          <MinutesField
            label={t("routing.setup")}
            value={other.setup}
            onChange={(setup) => change(alternatives.with(index, { ...other, setup }))}
          />
          <div className="step-buttons">
            <StepButton
              words={t("routing.removeAlternative", { priority: index + 1, number })}
              icon="close"
              onPress={() => change(alternatives.toSpliced(index, 1))}
            />
          </div>
        </div>
      ))}
      <button
        type="button"
        className="button button-small button-start"
        onClick={() => {
          const key = 1 + Math.max(-1, ...alternatives.map((one) => one.key));
          change([...alternatives, { key, workCenterId: "", run: step.run, setup: step.setup }]);
        }}
      >
        <Icon name="add" size={16} /> {t("routing.addAlternative")}
      </button>
    </>
  );
}

function MinutesField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const t = useTranslations();
  return (
    <TextField
      label={label}
      required
      placeholder="0:00"
      title={t("routing.minutesHint")}
      pattern="\s*\d{1,6}(:[0-5]?\d)?([.,]\d{1,3})?\s*"
      value={value}
      onChange={onChange}
    />
  );
}

function StepButton({
  words,
  icon,
  onPress,
}: {
  words: string;
  icon: "up" | "down_arrow" | "close";
  onPress: (() => void) | null;
}) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words}
      title={words}
      disabled={onPress === null}
      onClick={() => onPress?.()}
    >
      <Icon name={icon} size={16} />
    </button>
  );
}
