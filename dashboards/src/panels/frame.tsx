import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

import { ProblemError } from "../api/client.ts";
import { identityKeys, meQuery } from "../api/identity-queries.ts";
import { joinLive } from "../api/live.ts";
import { doorways } from "../paths.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { useSettings } from "../ui/settings.tsx";
import { Shell } from "./shell.tsx";

/** Before the door a page stands alone; behind it everything waits until we know who is there. */
export function Frame() {
  const path = useLocation({ select: ({ pathname }) => pathname.replace(/(.)\/$/, "$1") });
  if (doorways.includes(path)) return <Outlet />;
  return (
    <SignedIn>
      <Shell />
    </SignedIn>
  );
}

function SignedIn({ children }: { children: ReactNode }) {
  const query = useQuery(meQuery);
  const client = useQueryClient();
  const isSignedIn = query.data !== undefined;
  useLanguageOf(query.data?.language ?? null);
  useEffect(() => {
    // Reading who we are renews the session; only that can help a stream that was turned away.
    const onRefused = () => client.fetchQuery({ ...meQuery, staleTime: 0 });
    if (isSignedIn) joinLive({ onRefused });
  }, [client, isSignedIn]);
  useFreshReadsAfter(query.data?.permissions.join());
  // Nobody is signed in: the page is about to be left for the sign-in, so nothing flashes up.
  const isLeaving = query.error instanceof ProblemError && query.error.problem.status === 401;
  return (
    <Loaded query={isLeaving ? { ...query, error: null } : query} skeleton={<FrameSkeleton />}>
      {() => children}
    </Loaded>
  );
}

function FrameSkeleton() {
  return (
    <div className="frame-loading">
      <Skeleton height={52} />
    </div>
  );
}

/** A person's language follows them to every browser; without one the browser's stays. */
function useLanguageOf(language: "en" | "zh-CN" | null): void {
  const { setLanguage } = useSettings();
  useEffect(() => {
    if (language !== null) setLanguage(language);
  }, [language, setLanguage]);
}

/** When rights change, what was refused is asked again, and what may be read no longer goes. */
function useFreshReadsAfter(permissions: string | undefined): void {
  const client = useQueryClient();
  const known = useRef(permissions);
  useEffect(() => {
    const before = known.current;
    known.current = permissions;
    if (before === undefined || before === permissions) return;
    void client.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] !== identityKeys.me[0],
    });
  }, [client, permissions]);
}
