// Which link the server is to fetch.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createImport, importsQuery } from "../api/imports";
import { linkOf } from "../lib/imports";
import { randomName } from "../lib/randomName";
import { Field } from "./Field";
import { FormDialog } from "./FormDialog";
import { watchImport } from "./ImportsBar";

interface Props {
  driveId: string;
  /** The link that it begins with. */
  link: string;
  onClose: () => void;
}

export default function LinkDialog({ driveId, link, onClose }: Props) {
  const client = useQueryClient();
  const [url, setUrl] = useState(link);
  const [key, setKey] = useState(randomName);
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
          setKey(randomName());
        }}
      />
    </FormDialog>
  );
}
