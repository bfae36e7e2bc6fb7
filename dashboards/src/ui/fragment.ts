import { useEffect, useState } from "react";

/**
 * A secret that a link carries behind `#`, where no server and no log sees it; "" without one. It is
 * taken out of the address bar, so that it stays in no history and on no screenshot. A link that is
 * opened in the same tab later counts as well: a browser then changes nothing but the fragment.
 */
export function useFragmentSecret(name: string): string {
  const [secret, setSecret] = useState(() => inFragment(name));
  useEffect(() => {
    const take = () => {
      const found = inFragment(name);
      if (found === "") return;
      setSecret(found);
      const { pathname, search } = globalThis.location;
      globalThis.history.replaceState(globalThis.history.state, "", pathname + search);
    };
    take();
    globalThis.addEventListener("hashchange", take);
    return () => globalThis.removeEventListener("hashchange", take);
  }, [name]);
  return secret;
}

function inFragment(name: string): string {
  return new URLSearchParams(globalThis.location.hash.slice(1)).get(name) ?? "";
}
