// A section of a page: a heading, a sentence, and a box of rows.
import type { ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "./Button";
import { LoadError } from "./EmptyState";
import { Icon, type IconName } from "./Icon";
import { Skeleton } from "./Skeleton";
import css from "./Section.module.css";

interface SectionProps {
  id: string;
  title: string;
  lead?: ReactNode;
  action?: ReactNode;
  /** What stands between the heading and the box. */
  notice?: ReactNode;
  children: ReactNode;
}

export function Section({ id, title, lead, action, notice, children }: SectionProps) {
  return (
    <section className={css.section} aria-labelledby={id}>
      <div className={css.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {lead && <p className={css.lead}>{lead}</p>}
        </div>
        {action}
      </div>
      {notice}
      <div className={css.box}>{children}</div>
    </section>
  );
}

interface RowProps {
  icon: IconName;
  name: string;
  badge?: ReactNode;
  /** A line in small print below the name. */
  fine: string;
  /** What can be done with it. */
  children?: ReactNode;
}

export function Row({ icon, name, badge, fine, children }: RowProps) {
  return (
    <div className={css.row} role="group" aria-label={name}>
      <Icon name={icon} />
      <div className={css.grow}>
        <p className={css.title}>
          <span className={`${css.name} truncate`}>{name}</span>
          {badge}
        </p>
        <p className={`${css.fine} num`}>{fine}</p>
      </div>
      {children}
    </div>
  );
}

/** What stands in a box until its rows are there, or instead of them. */
export function RowsState({ query }: { query: Pick<UseQueryResult, "isPending" | "isError" | "error" | "refetch"> }) {
  if (query.isPending) {
    return (
      <div className={css.lines}>
        <Skeleton height={32} />
        <Skeleton height={32} />
      </div>
    );
  }
  return query.isError ? <LoadError error={query.error} retry={() => void query.refetch()} /> : null;
}

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}

/** The way to the next page of rows. */
export function ShowMore({ query }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className={css.more}>
      <Button variant="ghost" small busy={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
        Show more
      </Button>
    </div>
  );
}
