// Any address that means nothing.
import { EmptyState } from "../components/EmptyState";
import { buttonClass } from "../components/Button";
import { Link } from "../lib/router";

export default function NotFound() {
  return (
    <EmptyState
      icon="search"
      title="There is nothing at this address"
      actions={
        <Link href="/" className={buttonClass("secondary")}>
          Go to the library
        </Link>
      }
    >
      The link may be old, or the file may have been deleted.
    </EmptyState>
  );
}
