import { useState } from "react";
import { useTranslations } from "use-intl";

import { Field } from "./field.tsx";

/**
 * A password that can be shown while it is typed. `isNew`: one that is chosen here, of at least 12
 * characters and without other rules (NIST SP 800-63B, 3.1.1.2); the server refuses known ones.
 */
export function PasswordField({
  label,
  value,
  onChange,
  isNew = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isNew?: boolean;
}) {
  const t = useTranslations();
  const [isShown, setShown] = useState(false);
  return (
    <Field label={label} {...(isNew && { hint: t("password.hint", { count: lengthMin }) })}>
      {(control) => (
        <span className="password">
          <input
            {...control}
            className="input"
            type={isShown ? "text" : "password"}
            required
            minLength={isNew ? lengthMin : 1}
            maxLength={200}
            autoComplete={isNew ? "new-password" : "current-password"}
            autoCapitalize="none"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <button
            type="button"
            className="button button-small"
            aria-pressed={isShown}
            aria-label={t("password.showLabel", { label })}
            onClick={() => setShown(!isShown)}
          >
            {t(isShown ? "password.hide" : "password.show")}
          </button>
        </span>
      )}
    </Field>
  );
}

/** As the contract's `newPasswordSchema`. */
const lengthMin = 12;
