// /audit: who did what, and from where. For administrators.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { auditQuery, auditUrl, choiceOfPeopleQuery, type AuditFilter } from "../api/audit";
import type { AuditEntry, User } from "../api/types";
import { Badge } from "../components/Badge";
import { Button } from "../components/Button";
import { EmptyState, LoadError } from "../components/EmptyState";
import { Menu, MenuItem } from "../components/Menu";
import { Select } from "../components/Select";
import { Skeleton } from "../components/Skeleton";
import { actorWords, AUDIT_LABELS, auditLabel, auditTone, targetWords } from "../lib/audit";
import { formatDateTime } from "../lib/format";
import { Link, useLocation, useSetSearch, type SetSearch } from "../lib/router";
import { save } from "../lib/save";
import css from "./audit.module.css";

const KINDS = [["", "Everything"], ...Object.entries(AUDIT_LABELS)] as const;
const NO_FILTER = { person: "", kind: "", drive: "", from: "", to: "" };

export default function Audit() {
  const { search } = useLocation();
  const setSearch = useSetSearch();
  const of = (name: keyof AuditFilter) => search.get(name) ?? "";
  const filter = { person: of("person"), kind: of("kind"), drive: of("drive"), from: of("from"), to: of("to") };
  const isFiltered = Object.values(filter).some(Boolean);
  const audit = useInfiniteQuery(auditQuery(filter));
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  useEffect(() => {
    document.title = "Audit log · PageSpace";
  }, []);

  return (
    <div className={css.page}>
      <div className={css.head}>
        <h1 className={css.title}>Audit log</h1>
        <Link href="/system" className={css.back}>
          System
        </Link>
        <Menu label="Export the audit log" trigger={<Button icon="download">Export</Button>}>
          <MenuItem note="csv" onAction={() => save(auditUrl(filter, "csv"))}>
            Table
          </MenuItem>
          <MenuItem note="jsonl" onAction={() => save(auditUrl(filter, "jsonl"))}>
            JSON lines
          </MenuItem>
        </Menu>
      </div>
      <Filters filter={filter} entries={entries} setSearch={setSearch} />
      <div className={css.scroll} data-scroll>
        {audit.isPending && (
          <div className={css.rows} role="status">
            <span className="visually-hidden">Loading the audit log</span>
            {Array.from({ length: 10 }, (_, index) => (
              <Skeleton key={index} height={28} />
            ))}
          </div>
        )}
        {audit.isError && entries.length === 0 && <LoadError error={audit.error} retry={() => void audit.refetch()} />}
        {audit.isSuccess && entries.length === 0 && (
          <EmptyState
            icon="list"
            title={isFiltered ? "Nothing matches" : "Nothing yet"}
            actions={isFiltered && <Button onPress={() => setSearch(NO_FILTER)}>Clear the filters</Button>}
          >
            {isFiltered ? "" : "What people do from now on is listed here."}
          </EmptyState>
        )}
        {entries.length > 0 && <Table entries={entries} setSearch={setSearch} />}
        {audit.hasNextPage && (
          <div className={css.more}>
            <Button busy={audit.isFetchingNextPage} onPress={() => void audit.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

interface FiltersProps {
  filter: AuditFilter;
  entries: AuditEntry[];
  setSearch: SetSearch;
}

function Filters({ filter, entries, setSearch }: FiltersProps) {
  const people = useQuery(choiceOfPeopleQuery).data ?? [];
  const drive = entries.find((entry) => entry.drive?.id === filter.drive)?.drive;
  return (
    <div className={css.filters}>
      <Select filter label="What" value={filter.kind} options={KINDS} onChange={(kind) => setSearch({ kind })} />
      <Select
        filter
        label="Who"
        value={filter.person}
        options={[["", "Everybody"], ...peopleOptions(people, entries, filter.person)]}
        onChange={(person) => setSearch({ person })}
      />
      <DayField label="From" value={filter.from} onChange={(from) => setSearch({ from })} />
      <DayField label="To" value={filter.to} onChange={(to) => setSearch({ to })} />
      {filter.drive && (
        <Button variant="ghost" small icon="close" onPress={() => setSearch({ drive: "" })}>
          {drive?.name ?? "One drive"}
        </Button>
      )}
    </div>
  );
}

/** Everybody there is, and the one who is looked for though they are gone. */
function peopleOptions(people: User[], entries: AuditEntry[], person: string): [string, string][] {
  const options = people.map(({ id, name, email }): [string, string] => [id, `${name} (${email})`]);
  if (!person || people.some(({ id }) => id === person)) return options;
  const gone = entries.find(({ actor }) => actor?.id === person)?.actor?.name;
  return [...options, [person, gone ?? "Somebody who is gone"]];
}

interface DayFieldProps {
  label: string;
  value: string;
  onChange: (day: string) => void;
}

function DayField({ label, value, onChange }: DayFieldProps) {
  return (
    <label className={css.day}>
      <span>{label}</span>
      <input
        type="date"
        className={`${css.date} ${value ? css.on : ""}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function Table({ entries, setSearch }: { entries: AuditEntry[]; setSearch: SetSearch }) {
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          <th scope="col">Address</th>
          <th scope="col">Drive</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <Row key={entry.id} entry={entry} setSearch={setSearch} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ entry, setSearch }: { entry: AuditEntry; setSearch: SetSearch }) {
  const { at, kind, actor, address, drive, detail, requestId } = entry;
  const target = targetWords(entry);
  return (
    <tr data-audit={kind} title={requestId ? `Request ${requestId}` : undefined}>
      <td className="num">
        <time dateTime={at}>{formatDateTime(at)}</time>
      </td>
      <td className={css.wide}>
        <Badge tone={auditTone(kind)}>{auditLabel(kind)}</Badge>
        {target && <span className={css.target}>{target}</span>}
        {detail && <span className={css.detail}>{detail}</span>}
      </td>
      <td>
        {actor ? (
          <button type="button" className={css.choice} onClick={() => setSearch({ person: actor.id })}>
            {actorWords(entry)}
          </button>
        ) : (
          <span className={css.detail}>{actorWords(entry)}</span>
        )}
      </td>
      <td className={css.address}>{address}</td>
      <td>
        {drive && (
          <button type="button" className={css.choice} onClick={() => setSearch({ drive: drive.id })}>
            {drive.name ?? "A drive"}
          </button>
        )}
      </td>
    </tr>
  );
}
