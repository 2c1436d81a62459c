// Fetches a file by link: from a button beside the one for files, or by pasting a link anywhere on the page.
import { lazy, Suspense, useEffect, useState } from "react";
import { isIntoField } from "../lib/dropped";
import { linkOf } from "../lib/imports";
import { Button } from "./Button";

const LinkDialog = lazy(() => import("./LinkDialog"));

export function ImportLink({ driveId }: { driveId: string }) {
  // The link that the dialog opens with; nothing while it is closed.
  const [link, setLink] = useState<string | null>(null);

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      if (isIntoField(event) || event.clipboardData?.files.length) return;
      const pasted = linkOf(event.clipboardData?.getData("text/plain") ?? "");
      if (!pasted) return;
      event.preventDefault();
      setLink(pasted);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, []);

  return (
    <>
      <Button variant="ghost" icon="link" aria-label="Fetch a link" onPress={() => setLink("")} />
      {link !== null && (
        <Suspense>
          <LinkDialog key={link} driveId={driveId} link={link} onClose={() => setLink(null)} />
        </Suspense>
      )}
    </>
  );
}
