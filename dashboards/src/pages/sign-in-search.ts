/** `returnTo`: the page that was asked for; `problem`: why a provider's sign-in failed. */
export type SignInSearch = { returnTo?: string; problem?: string };

/** Only a path of ours counts: an open redirect would lend our name to other sites. */
export function readSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { returnTo, problem } = search;
  return {
    ...(typeof returnTo === "string" && isOurs(returnTo) && { returnTo }),
    ...(typeof problem === "string" && { problem: problem.slice(0, 100) }),
  };
}

function isOurs(path: string): boolean {
  // Browsers read a backslash as a slash, and skip tabs and line ends within a URL.
  return /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path) && !path.startsWith("/sign-in");
}
