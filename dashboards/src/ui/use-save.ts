import { useMutation } from "@tanstack/react-query";

import { saveJson } from "../api/client.ts";

/**
 * Saves an edit with PUT or PATCH on the version that was read: when somebody else has saved in
 * between, nothing is changed and the error is a 412. Safe to press again after a lost answer.
 */
export function useSave<Asked, Answer>(
  method: "PUT" | "PATCH",
  path: (asked: Asked) => string,
  {
    body,
    version,
    onSuccess,
  }: {
    body: (asked: Asked) => unknown;
    version: (asked: Asked) => number | string | null;
    onSuccess: (answer: Answer) => Promise<void> | void;
  },
) {
  return useMutation({
    mutationFn: (asked: Asked) =>
      saveJson<Answer>(method, path(asked), body(asked), version(asked)),
    onSuccess,
  });
}
