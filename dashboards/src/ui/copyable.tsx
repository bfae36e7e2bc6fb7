import { useState } from "react";
import { useTranslations } from "use-intl";

import { Icon } from "./icon.tsx";

/** A text that is taken elsewhere as it is: a token, a link, a configuration. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const t = useTranslations();
  const [isCopied, setCopied] = useState(false);
  // Without https a browser gives no clipboard; the text can still be selected by hand.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  const copy = () => {
    void clipboard?.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <figure className="copyable">
      <figcaption>
        {label}
        {clipboard !== undefined && (
          <button type="button" className="button button-small" onClick={copy}>
            <Icon name={isCopied ? "check" : "copy"} size={16} />
            {isCopied ? t("action.copied") : t("action.copy")}
          </button>
        )}
      </figcaption>
      <pre>
        <code>{text}</code>
      </pre>
    </figure>
  );
}
