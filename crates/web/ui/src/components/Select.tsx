// The browser's own select, dressed: it is the best one on a phone and needs no script.
import { Icon } from "./Icon";
import css from "./Select.module.css";

interface Props {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
  /** Shows that the choice narrows what is seen. */
  filter?: boolean;
}

export function Select({ label, value, options, onChange, filter }: Props) {
  return (
    <span className={css.select}>
      <select
        aria-label={label}
        className={`${css.native} ${filter && value ? css.on : ""}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
      <Icon name="chevronDown" />
    </span>
  );
}
