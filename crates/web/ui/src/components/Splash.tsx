// What stands for the moment before anything is known. Appears late, so that a fast answer shows nothing.
import { Logo } from "./Icon";
import css from "./Splash.module.css";

export function Splash() {
  return (
    <div className={css.splash} role="status">
      <Logo size={40} />
      <span className="visually-hidden">Loading</span>
    </div>
  );
}
