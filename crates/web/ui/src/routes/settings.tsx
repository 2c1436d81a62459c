// /settings: the account, its password, its sessions and its API tokens.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sessionQuery, signOutEverywhere } from "../api/session";
import { Button } from "../components/Button";
import { ChangePassword } from "../components/ChangePassword";
import { ConfirmDialog } from "../components/Dialog";
import { SessionList } from "../components/SessionList";
import { TokenList } from "../components/TokenList";
import { navigate } from "../lib/router";
import css from "./settings.module.css";

const SIGN_OUT_EVERYWHERE =
  "Every browser that is signed in with your account has to sign in again, this one too. API tokens keep working.";

export default function Settings() {
  const client = useQueryClient();
  const user = useQuery(sessionQuery).data;
  const [dialog, setDialog] = useState<"leave" | "password" | null>(null);
  useEffect(() => {
    document.title = "Settings · PageSpace";
  }, []);

  const close = () => setDialog(null);
  const leave = async () => {
    await signOutEverywhere();
    client.setQueryData(sessionQuery.queryKey, null);
    navigate("/signin");
  };
  return (
    <div className={css.page} data-scroll>
      <div className={css.inner}>
        <h1 className={css.title}>Settings</h1>
        <section className={css.section} aria-labelledby="account">
          <h2 id="account" className="visually-hidden">
            Account
          </h2>
          <div className={css.box}>
            <div className={css.row}>
              <div className={css.grow}>
                <p className={css.name}>{user?.name}</p>
                <p className={css.fine}>{user?.email}</p>
              </div>
              <Button icon="key" onPress={() => setDialog("password")}>
                Change password
              </Button>
            </div>
          </div>
        </section>
        <SessionList onLeave={() => setDialog("leave")} />
        <TokenList />
      </div>
      {dialog === "password" && <ChangePassword email={user?.email ?? ""} onClose={close} />}
      {dialog === "leave" && (
        <ConfirmDialog
          title="Sign out everywhere?"
          text={SIGN_OUT_EVERYWHERE}
          confirmLabel="Sign out everywhere"
          onConfirm={leave}
          onClose={close}
        />
      )}
    </div>
  );
}
