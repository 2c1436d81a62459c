// What the search shows when it shows no results: how to search and what for before, that it waits, that it found
// nothing, that it failed.
import { ApiError, errorMessage } from "../api/http";
import { EmptyState, LoadError } from "./EmptyState";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { Skeleton } from "./Skeleton";
import css from "./SearchDialog.module.css";

const SIGNS = [
  ['"net total"', "these words, in this order"],
  ["invoice OR receipt", "one of them"],
  ["invoice -draft", "without a word"],
  ["invoi*", "words that begin so"],
] as const;

interface HelpProps {
  recent: string[];
  onPick: (q: string) => void;
  onForget: () => void;
}

export function SearchHelp({ recent, onPick, onForget }: HelpProps) {
  return (
    <div className={css.help}>
      {recent.length > 0 && (
        <section>
          <div className={css.helpHead}>
            <h3>Recent searches</h3>
            <Button variant="ghost" small onPress={onForget}>
              Forget them
            </Button>
          </div>
          <ul>
            {recent.map((q) => (
              <li key={q}>
                <button type="button" className={css.recent} onClick={() => onPick(q)}>
                  <Icon name="clock" />
                  <span className="truncate">{q}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>How to search</h3>
        <dl className={css.signs}>
          {SIGNS.map(([sign, meaning]) => (
            <div key={sign}>
              <dt>
                <code>{sign}</code>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}

export const SearchSkeleton = () => (
  <div className={css.waiting} role="status">
    <span className="visually-hidden">Searching</span>
    {[62, 88, 74, 91, 58].map((width) => (
      <Skeleton key={width} width={`${width}%`} height={16} />
    ))}
  </div>
);

interface NoWordsProps {
  q: string;
  isFiltered: boolean;
  /** Words that are there and look like those that are not. */
  meant: string | undefined;
  onPick: (q: string) => void;
}

export const NoWords = ({ q, isFiltered, meant, onPick }: NoWordsProps) => (
  <EmptyState
    icon="search"
    title="Nothing found"
    actions={meant && <Button onPress={() => onPick(meant)}>Search for “{meant}”</Button>}
  >
    {isFiltered
      ? `Nothing has “${q}” with these filters.`
      : `No file of yours has “${q}” in its text or its name. ` +
        "Fewer words, or the beginning of one with a * behind it, find more."}
  </EmptyState>
);

/** A search that says nothing is no failure of anything. */
export function SearchFailed({ error, retry }: { error: unknown; retry: () => void }) {
  if (error instanceof ApiError && error.status === 422)
    return (
      <EmptyState icon="search" title="Nothing to look for">
        {errorMessage(error)}
      </EmptyState>
    );
  return <LoadError error={error} retry={retry} />;
}
