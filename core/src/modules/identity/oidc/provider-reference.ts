import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { z } from "zod";

/** A provider as paths name it: the tenant leads to the database, so nothing has to be searched. */
export type ProviderReference = { readonly tenantId: TenantId; readonly providerId: string };

export function referenceOf({ tenantId, providerId }: ProviderReference): string {
  return `${tenantId.replaceAll("-", "")}${providerId.replaceAll("-", "")}`;
}

/** Null when it is none of ours. */
export function readReference(text: string): ProviderReference | null {
  if (!/^[0-9a-f]{64}$/.test(text)) return null;
  const tenantId = tenantIdSchema.safeParse(dashed(text.slice(0, 32)));
  const providerId = z.uuid().safeParse(dashed(text.slice(32)));
  if (!tenantId.success || !providerId.success) return null;
  return { tenantId: tenantId.data, providerId: providerId.data };
}

function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
