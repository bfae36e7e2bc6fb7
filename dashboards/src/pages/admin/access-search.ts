/** Which part of the page; an asked decision fills the form, so that a refusal can be linked to. */
export type AccessSearch = { view?: "why"; objectType?: string; action?: string };

export function readAccessSearch(search: Record<string, unknown>): AccessSearch {
  const { view, objectType, action } = search;
  return {
    ...(view === "why" && { view }),
    ...(typeof objectType === "string" && { objectType: objectType.slice(0, 63) }),
    ...(typeof action === "string" && { action: action.slice(0, 63) }),
  };
}
