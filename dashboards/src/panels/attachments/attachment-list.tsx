import type { Attachment, StoredItem } from "@millwright/contracts/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { attachmentPath, attachmentsQuery } from "../../api/attachments.ts";
import { deleteJson } from "../../api/client.ts";
import { useMay } from "../../api/identity-queries.ts";
import { AddAttachment } from "../../forms/engineering/add-attachment.tsx";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { Panel } from "../../ui/panel.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListTable } from "../lists/list-table.tsx";

/** Drawings and documents of an item and its steps: to open, to add, to remove. */
export function AttachmentList({ item }: { item: StoredItem }) {
  const t = useTranslations();
  const format = useFormat();
  const mayChange = useMay()("item:change");
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Attachment | null>(null);
  const asked = attachmentsQuery(item.itemId);
  const query = useQuery(asked);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (attachment: Attachment) => deleteJson(attachmentPath(attachment.attachmentId)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: asked.queryKey });
      setRemoved(null);
    },
  });
  const stepOf = ({ step }: Attachment) => {
    if (step === null) return t("attachments.ofItem");
    const name = item.operations.find((operation) => operation.step === step)?.name ?? "";
    return `${step} ${name}`;
  };
  const add = mayChange && (
    <button type="button" className="button" onClick={() => setAdding(true)}>
      {t("attachments.add")}
    </button>
  );
  return (
    <Panel title={t("attachments.title")} actions={add}>
      <Loaded query={query} skeleton={<Skeleton count={2} height={44} />}>
        {({ rows }) =>
          rows.length === 0 ? (
            <p className="none">{t("attachments.none")}</p>
          ) : (
            <ListTable
              label={t("attachments.title")}
              rows={rows}
              hidden={[]}
              isLinked={false}
              keyOf={({ attachmentId }) => attachmentId}
              columns={[
                {
                  name: "name",
                  title: t("attachments.file"),
                  renderCell: ({ attachmentId, name }) => (
                    <a href={attachmentPath(attachmentId)} target="_blank" rel="noreferrer">
                      {name}
                    </a>
                  ),
                },
                { name: "step", title: t("attachments.step"), renderCell: stepOf },
                {
                  name: "size",
                  title: t("attachments.size"),
                  isNumber: true,
                  renderCell: ({ bytes }) => (
                    <>
                      {format.value(Math.ceil(bytes / 1024))} <span className="unit">KiB</span>
                    </>
                  ),
                },
                {
                  name: "by",
                  title: t("attachments.by"),
                  isWide: true,
                  renderCell: ({ createdBy, createdTime }) =>
                    `${createdBy}, ${format.day(format.siteDay(createdTime))}`,
                },
                {
                  name: "remove",
                  title: "",
                  renderCell: (attachment) =>
                    mayChange && (
                      <button
                        type="button"
                        className="button"
                        aria-label={t("attachments.removeOne", { name: attachment.name })}
                        onClick={() => setRemoved(attachment)}
                      >
                        {t("attachments.remove")}
                      </button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {isAdding && <AddAttachment item={item} onClose={() => setAdding(false)} />}
      {removed !== null && (
        <FormDialog
          title={t("attachments.removeOne", { name: removed.name })}
          action={t("attachments.remove")}
          isDanger
          isPending={remove.isPending}
          error={remove.error}
          onSubmit={() => remove.mutate(removed)}
          onClose={() => setRemoved(null)}
        >
          <p>{t("attachments.sure")}</p>
        </FormDialog>
      )}
    </Panel>
  );
}
