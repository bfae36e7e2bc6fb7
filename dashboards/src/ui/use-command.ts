import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";

import { postJson } from "../api/client.ts";

/**
 * A POST with one Idempotency-Key per intent: pressing again after a lost answer repeats the request
 * of before; a changed request, or one after an answer, is a new intent.
 */
export function useCommand<Asked, Answer>(
  path: (asked: Asked) => string,
  {
    body,
    onSuccess,
  }: { body: (asked: Asked) => unknown; onSuccess: (answer: Answer) => Promise<void> | void },
) {
  const intent = useRef<{ request: string; key: string } | null>(null);
  return useMutation({
    mutationFn: async (asked: Asked) => {
      const request = JSON.stringify([path(asked), body(asked)]);
      if (intent.current?.request !== request) intent.current = { request, key: newKey() };
      const answer = await postJson<Answer>(path(asked), body(asked), intent.current.key);
      intent.current = null;
      return answer;
    },
    onSuccess,
  });
}

/** 128 random bits, for one intent. Not `randomUUID`, which a tablet on plain http does not have. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
