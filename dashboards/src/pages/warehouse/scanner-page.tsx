import { Link, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { type Permission, useMay } from "../../api/identity-queries.ts";
import { PageHead } from "../../panels/page-head.tsx";
import { OpenCount } from "../../panels/scanner/open-count.tsx";
import { PickGoods } from "../../panels/scanner/pick-goods.tsx";
import { ReceiveGoods } from "../../panels/scanner/receive-goods.tsx";
import { paths } from "../../paths.ts";
import { type ScannerTask, scannerTasks } from "./stock-search.ts";

/** What a storekeeper does with a scanner in hand: receive, pick, count. Large, and one step at a time. */
export function ScannerPage() {
  const t = useTranslations();
  const may = useMay();
  const allowed = scannerTasks.filter((one) => may(needs[one]));
  const asked: { task?: ScannerTask } = useSearch({ from: paths.scanner });
  const task = allowed.find((one) => one === asked.task) ?? allowed[0];
  return (
    <>
      <PageHead title={t("page.scanner")} />
      {task === undefined && <p className="notice">{t("scanner.notYours")}</p>}
      <nav className="scanner-tasks" aria-label={t("scanner.tasks")}>
        {allowed.map((one) => (
          <Link
            key={one}
            to={paths.scanner}
            search={{ task: one }}
            replace
            className="button scanner-task"
            aria-current={one === task ? "page" : undefined}
          >
            {t(`scanner.task.${one}`)}
          </Link>
        ))}
      </nav>
      <div className="scanner">
        {task === "receive" && <ReceiveGoods />}
        {task === "pick" && <PickGoods />}
        {task === "count" && <OpenCount />}
      </div>
    </>
  );
}

const needs = {
  receive: "stock:move",
  pick: "stock:move",
  count: "cycle_count:report",
} as const satisfies Record<ScannerTask, Permission>;
