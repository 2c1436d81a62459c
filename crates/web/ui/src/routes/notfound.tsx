// Any address that means nothing.
import { Empty } from "../components/Empty";
import { buttonClass } from "../components/Button";
import { Link } from "../lib/router";

export default function NotFound() {
  return (
    <Empty
      icon="search"
      title="There is nothing at this address"
      actions={
        <Link href="/" className={buttonClass("secondary")}>
          Go to the library
        </Link>
      }
    >
      The link may be old, or the file may have been deleted.
    </Empty>
  );
}
