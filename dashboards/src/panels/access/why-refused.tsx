import type { User } from "@millwright/contracts/api";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { postJson } from "../../api/client.ts";
import { refusalsQuery, useMe, usersQuery } from "../../api/identity-queries.ts";
import type {
  AccessCatalogue,
  AskedDecision,
  Explanation,
  RefusedDecision,
} from "../../api/identity-shapes.ts";
import { AskDecision, type TypedDecision } from "../../forms/admin/ask-decision.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ProblemNote } from "../../ui/problem.tsx";
import { newKey } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useAccessWords } from "./access-words.ts";
import { ExplanationView } from "./explanation-view.tsx";

/** What was refused lately, and any question asked of the policy as it is now. */
export function WhyRefused({
  catalogue,
  asked,
}: {
  catalogue: AccessCatalogue;
  asked: { objectType?: string; action?: string };
}) {
  const t = useTranslations();
  const me = useMe();
  const answer = useRef<HTMLDivElement>(null);
  const users = useInfiniteQuery(usersQuery({}));
  const [typed, setTyped] = useState<TypedDecision>({
    userId: me?.userId ?? "",
    objectType: asked.objectType ?? "",
    action: asked.action ?? "",
    object: {},
  });
  const explain = useMutation({
    mutationFn: (question: AskedDecision) =>
      postJson<Explanation>("/api/admin/policy/explain", question, newKey()),
    onSuccess: () => answer.current?.scrollIntoView({ block: "nearest" }),
  });
  const choose = (refused: RefusedDecision) => {
    const question = {
      userId: refused.userId ?? "",
      objectType: refused.objectType,
      action: refused.action,
      object: knownOf(refused.object),
    };
    setTyped(question);
    if (refused.userId !== null) explain.mutate(question);
  };
  const people: User[] = users.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className="why">
      <Refusals onChoose={choose} />
      <Panel title={t("why.ask")}>
        <AskDecision
          catalogue={catalogue}
          users={people}
          typed={typed}
          isPending={explain.isPending}
          onType={(next) => {
            setTyped(next);
            explain.reset();
          }}
          onAsk={(question) => explain.mutate(question)}
        />
        <div ref={answer} aria-live="polite">
          {explain.error !== null && <ProblemNote error={explain.error} />}
          {explain.data !== undefined && <ExplanationView explanation={explain.data} />}
        </div>
      </Panel>
    </div>
  );
}

/** Attributes that can be asked again; what was unknown then stays unknown. */
function knownOf(object: Record<string, unknown>): AskedDecision["object"] {
  const known: AskedDecision["object"] = {};
  for (const [name, value] of Object.entries(object)) {
    if (typeof value === "string" || typeof value === "boolean") known[name] = value;
    else if (typeof value === "number") known[name] = String(value);
    else if (Array.isArray(value)) known[name] = value.map(String);
  }
  return known;
}

function Refusals({ onChoose }: { onChoose: (refused: RefusedDecision) => void }) {
  const t = useTranslations();
  const format = useFormat();
  const words = useAccessWords();
  const query = useQuery(refusalsQuery);
  return (
    <Panel title={t("why.refusals")}>
      <Loaded query={query} skeleton={<Skeleton count={4} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("why.noRefusals")}</p>
          ) : (
            <div className="table-frame why-list">
              <table className="table" aria-label={t("why.refusals")}>
                <thead>
                  <tr>
                    <th>{t("why.time")}</th>
                    <th>{t("why.who")}</th>
                    <th>{t("why.what")}</th>
                    <th>
                      <span className="visually-hidden">{t("why.explain")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((refused) => (
                    <tr
                      key={`${refused.time} ${refused.who} ${refused.objectType} ${refused.action}`}
                    >
                      <td className="moment">{format.siteTime(refused.time, "moment")}</td>
                      <th scope="row" className="cell-person">
                        {refused.who}
                      </th>
                      <td>
                        {words.objectType(refused.objectType)} · {words.action(refused.action)}
                        <span className="address">{refused.because}</span>
                      </td>
                      <td className="cell-action">
                        <button
                          type="button"
                          className="button button-small"
                          onClick={() => onChoose(refused)}
                        >
                          {t("why.explain")}
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
