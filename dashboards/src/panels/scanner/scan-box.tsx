import type { Scanned } from "@millwright/contracts/api";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { readScan } from "../../api/stock-queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { isRepeatedScan, type LastScan } from "./repeated-scan.ts";

/** What a screen says of a scan: null when it took it, else why not. */
export type ScanAnswer = string | null;

/**
 * The field that scanners type into: they write like a keyboard and end with Enter; people may type too.
 * It keeps the focus, asks what the code means, and flashes green or red with words. The same label
 * twice in a moment is refused: the trigger was pulled twice.
 */
export function ScanBox({
  prompt,
  onScan,
}: {
  prompt: string;
  onScan: (scanned: Scanned, text: string) => ScanAnswer;
}) {
  const t = useTranslations();
  const input = useRef<HTMLInputElement>(null);
  const last = useRef<LastScan | null>(null);
  const [text, setText] = useState("");
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  /** `count` starts the flash anew for the same words. */
  const [said, setSaid] = useState<{ isGood: boolean; words: string; count: number } | null>(null);
  // A new prompt is a new step: the scanner goes on without a touch.
  useEffect(() => {
    if (prompt !== "") input.current?.focus();
  }, [prompt]);

  const say = (isGood: boolean, words: string) =>
    setSaid((before) => ({ isGood, words, count: (before?.count ?? 0) + 1 }));
  const scan = async (code: string) => {
    const next = { text: code, time: performance.now() };
    if (isRepeatedScan(last.current, next)) {
      say(false, t("scanner.twice", { code }));
      return;
    }
    last.current = next;
    setAsking(true);
    setError(null);
    try {
      const scanned = await readScan(code);
      const refusal = onScan(scanned, code);
      say(refusal === null, refusal ?? t("scanner.taken", { code }));
      // A refused label may be scanned again at once.
      if (refusal !== null) last.current = null;
    } catch (cause) {
      last.current = null;
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setAsking(false);
      input.current?.focus();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = text.trim();
    setText("");
    if (code !== "" && !isAsking) void scan(code);
  };
  return (
    <div className="scan">
      <form className="scan-form" onSubmit={submit}>
        <label htmlFor="scan">{prompt}</label>
        <span className="scan-line">
          <Icon name="scan" size={28} />
          <input
            ref={input}
            id="scan"
            className="input scan-input"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            enterKeyHint="go"
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" className="button scan-button">
            {t("scanner.go")}
          </button>
        </span>
      </form>
      <p
        key={said?.count ?? 0}
        className="scan-said"
        data-good={said?.isGood}
        role={said?.isGood === false ? "alert" : "status"}
      >
        {said !== null && (
          <>
            <Icon name={said.isGood ? "check" : "down"} /> {said.words}
          </>
        )}
      </p>
      {error !== null && <ProblemNote error={error} />}
    </div>
  );
}
