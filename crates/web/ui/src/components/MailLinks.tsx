// What was attached to a mail, and the mail that a file was attached to: each a link to the other.
import { useQuery } from "@tanstack/react-query";
import { attachmentsQuery, fileQuery, isFinal } from "../api/files";
import type { StoredFile } from "../api/types";
import { Link } from "../lib/router";
import css from "./MailLinks.module.css";

const MAILS = ["eml", "mbox", "msg"];

export function MailLinks({ file }: { file: StoredFile }) {
  const isMail = MAILS.includes(file.format ?? "") && isFinal(file.status) && !!file.facts.attachments?.length;
  const attachments = useQuery({ ...attachmentsQuery(file.id), enabled: isMail });
  const mail = useQuery({ ...fileQuery(file.attachmentOf ?? ""), enabled: !!file.attachmentOf, retry: false });
  return (
    <>
      {mail.data && (
        <p className={css.links}>
          Attached to <FileLink file={mail.data} />
        </p>
      )}
      {isMail && attachments.data && attachments.data.length > 0 && (
        <div className={css.links}>
          Attached files:
          <ul>
            {attachments.data.map((attachment) => (
              <li key={attachment.id}>
                <FileLink file={attachment} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function FileLink({ file }: { file: StoredFile }) {
  return <Link href={`/files/${file.id}`}>{file.name}</Link>;
}
