import {
  MutationCache,
  QueryCache,
  QueryClient,
  QueryClientProvider,
  useQuery,
} from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";

import { createLiveApplier } from "./api/apply-live.ts";
import { ProblemError } from "./api/client.ts";
import { identityKeys, useMay } from "./api/identity-queries.ts";
import { onLive } from "./api/live.ts";
import { plantQuery } from "./api/queries.ts";
import { catalogues } from "./messages/catalogues.ts";
import { router } from "./routes.ts";
import { SettingsProvider, useSettings } from "./ui/settings.tsx";

/**
 * Live messages keep what was read up to date, so it never goes stale by age. A refusal is an answer
 * and is not asked again; a lost network is, twice.
 */
const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (query.queryKey[0] !== identityKeys.me[0]) noteForbidden(error);
    },
  }),
  mutationCache: new MutationCache({ onError: noteForbidden }),
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      refetchOnMount: "always",
      refetchOnWindowFocus: false,
      retry: (failures, error) => !(error instanceof ProblemError) && failures < 2,
    },
  },
});

/** What a person may do has changed since we asked: the screens learn it at once. */
function noteForbidden(error: Error): void {
  if (!(error instanceof ProblemError) || error.problem.status !== 403) return;
  void client.invalidateQueries({ queryKey: identityKeys.me });
}

onLive(createLiveApplier(client));

export function App() {
  return (
    <QueryClientProvider client={client}>
      <SettingsProvider>
        <Words>
          <RouterProvider router={router} />
        </Words>
      </SettingsProvider>
    </QueryClientProvider>
  );
}

/** The chosen catalogue, and the site's time zone as soon as the plant has told it. */
function Words({ children }: { children: ReactNode }) {
  const { language } = useSettings();
  const enabled = useMay()("machine:read");
  const { data } = useQuery({ ...plantQuery, select: (plant) => plant.timeZone, enabled });
  return (
    <IntlProvider locale={language} messages={catalogues[language]} timeZone={data ?? browserZone}>
      {children}
    </IntlProvider>
  );
}

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
