// Copies something and says so.
import { useState } from "react";
import { copyText } from "../lib/clipboard";
import { Button } from "./Button";
import { toast } from "./Toasts";

interface Props {
  label: string;
  /** What to copy, or how to get it. */
  text: string | (() => Promise<string>);
  caption?: string;
  small?: boolean;
}

export function CopyButton({ label, text, caption, small = true }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const value = typeof text === "string" ? text : await text();
    const done = await copyText(value);
    if (!done) toast("The browser did not allow copying.");
    setCopied(done);
    setTimeout(() => setCopied(false), 1_600);
  };
  return (
    <Button
      variant="ghost"
      small={small}
      icon={copied ? "check" : "copy"}
      aria-label={copied ? "Copied" : label}
      onPress={() => void copy()}
    >
      {caption ? (copied ? "Copied" : caption) : undefined}
    </Button>
  );
}
