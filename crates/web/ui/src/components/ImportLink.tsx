// Fetches a file by link: from a button beside the one for files, or by pasting a link anywhere on the page.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { createImport, importsQuery } from "../api/imports";
import { linkOf } from "../lib/imports";
import { requestKey } from "../lib/requestKey";
import { Button } from "./Button";
import { Field } from "./Field";
import { FormDialog } from "./FormDialog";
import { watchImport } from "./ImportsBar";

export function ImportLink({ driveId }: { driveId: string }) {
  // The link that the dialog opens with; nothing while it is closed.
  const [link, setLink] = useState<string | null>(null);

  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable]");
      if (typing || event.clipboardData?.files.length) return;
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
      {link !== null && <LinkDialog key={link} driveId={driveId} link={link} onClose={() => setLink(null)} />}
    </>
  );
}

function LinkDialog({ driveId, link, onClose }: { driveId: string; link: string; onClose: () => void }) {
  const client = useQueryClient();
  const [url, setUrl] = useState(link);
  const [key, setKey] = useState(requestKey);
  const submit = async () => {
    const begun = await createImport(driveId, url.trim(), key);
    watchImport(begun.id);
    await client.invalidateQueries({ queryKey: importsQuery.queryKey });
  };
  return (
    <FormDialog
      title="Fetch a link"
      text="The server fetches the file and adds it to this drive."
      submitLabel="Fetch"
      isDisabled={linkOf(url) === null}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label="Link"
        hint="A public web address that needs no signing in."
        value={url}
        autoFocus
        spellCheck={false}
        autoComplete="off"
        inputMode="url"
        onChange={({ target }) => {
          setUrl(target.value);
          // Another link is another import.
          setKey(requestKey());
        }}
      />
    </FormDialog>
  );
}
