// The row of tabs; the panels are the page's own.
import { Tab, TabList as AriaTabList } from "react-aria-components/Tabs";
import css from "./Tabs.module.css";

export function TabList({ label, tabs }: { label: string; tabs: { id: string; label: string; count?: number }[] }) {
  return (
    <AriaTabList aria-label={label} className={css.list ?? ""}>
      {tabs.map(({ id, label: name, count }) => (
        <Tab key={id} id={id} className={css.tab ?? ""}>
          {name}
          {count ? <span className={`${css.count} num`}>{count}</span> : null}
        </Tab>
      ))}
    </AriaTabList>
  );
}
