import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { postJson } from "../api/client.ts";
import { useMe } from "../api/identity-queries.ts";
import { leaveLive } from "../api/live.ts";
import { goToSignIn, onSignedOutElsewhere, tellSignedOut } from "../api/session.ts";
import { paths } from "../paths.ts";
import { Icon } from "../ui/icon.tsx";
import { newKey } from "../ui/use-command.ts";

/** Who is signed in, their profile, and the way out. */
export function PersonMenu() {
  const t = useTranslations();
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const signOut = useSignOut();
  useEffect(() => {
    if (!isOpen) return undefined;
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    const leave = (event: Event) => {
      if (event.target instanceof Node && place.current?.contains(event.target) === true) return;
      setOpen(false);
    };
    document.addEventListener("keydown", press);
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("keydown", press);
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  if (me === null) return null;
  return (
    <div className="person" ref={place}>
      <button
        ref={button}
        type="button"
        className="button person-button"
        aria-expanded={isOpen}
        aria-label={t("person.menu", { name: me.name })}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="person" />
        <span className="person-name">{me.name}</span>
      </button>
      {isOpen && (
        <div className="person-panel">
          <p>
            <b>{me.name}</b>
            <span className="address">{me.email}</span>
            <span className="address">{me.companyName}</span>
          </p>
          <Link to={paths.profile} className="button" onClick={() => setOpen(false)}>
            {t("page.profile")}
          </Link>
          <button
            type="button"
            className="button"
            disabled={signOut.isPending}
            onClick={() => signOut.mutate()}
          >
            {t("person.signOut")}
          </button>
          {signOut.isError && <p className="form-error">{t("person.signOutFailed")}</p>}
        </div>
      )}
    </div>
  );
}

/** Signs out in every tab of the browser. */
function useSignOut() {
  useEffect(() => onSignedOutElsewhere(goToSignIn), []);
  return useMutation({
    mutationFn: () => postJson<object>("/api/auth/sign-out", {}, newKey()),
    onSuccess: () => {
      leaveLive();
      tellSignedOut();
      globalThis.location.assign(paths.signIn);
    },
  });
}
