// The frame of the pages before sign-in: what this is on one side, the form on the other.
import type { ReactNode } from "react";
import { Logo } from "./Icon";
import css from "./AuthLayout.module.css";

export function AuthLayout({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <div className={css.layout}>
      <aside className={css.side}>
        <div className={css.brand}>
          <Logo size={28} /> PageSpace
        </div>
        <div>
          <p className={css.pitch}>Drop a file. Get what a model can read.</p>
          <p className={css.lead}>
            AI-ready images and clean text with page anchors, a moment after the upload. Everything stays on this
            server.
          </p>
          <div className={css.flow} aria-hidden="true">
            <div className={css.sheet}>
              <b>PDF</b>
              <i />
              <i />
              <i />
              <i />
              <i />
              <i />
            </div>
            <svg
              width="34"
              height="16"
              viewBox="0 0 34 16"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.5"
              strokeLinecap="round"
              strokeLinejoin="round"
            >
              <path d="M1 8h31M26 2l6 6-6 6" />
            </svg>
            <div className={`${css.sheet} ${css.made}`}>
              <b>.md</b>
              <i />
              <i />
              <i />
              <i />
              <i />
              <i />
            </div>
            <div className={`${css.sheet} ${css.made} ${css.picture}`}>
              <span />
            </div>
          </div>
        </div>
        <p className={css.fine}>Self-hosted file service</p>
      </aside>
      <main className={css.main}>
        <div className={css.card}>
          <div className={`${css.brand} ${css.small}`}>
            <Logo size={28} /> PageSpace
          </div>
          <div>
            <h1 className={css.title}>{title}</h1>
            <p className={css.hint}>{hint}</p>
          </div>
          {children}
        </div>
      </main>
    </div>
  );
}

export const authForm = css.form;
