// The images made of a file, and those that can still be made.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { pollFile, refreshFile } from "../api/fileCache";
import { isFinal, makePreset, presetsQuery } from "../api/files";
import { errorMessage } from "../api/http";
import type { Artifact, Preset, StoredFile } from "../api/types";
import { formatBytes } from "../lib/format";
import { hasImages } from "../lib/labels";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { EmptyState, LoadError } from "./EmptyState";
import { Icon } from "./Icon";
import { Skeleton } from "./Skeleton";
import { toast } from "./Toasts";
import css from "./PresetList.module.css";

export function PresetList({ file }: { file: StoredFile }) {
  const presets = useQuery(presetsQuery);
  if (!hasImages(file))
    return (
      <EmptyState icon="image" title="No images">
        Presets are made of pictures, of a PDF's first page and of the cover that a document carries. This file has text
        only.
      </EmptyState>
    );
  if (file.status === "failed")
    return (
      <EmptyState icon="image" title="No images">
        {file.outcome?.sentence ?? "The picture could not be read."}
      </EmptyState>
    );
  if (presets.isError) return <LoadError error={presets.error} retry={() => void presets.refetch()} />;
  if (!presets.data)
    return (
      <div className={css.list}>
        <Skeleton height={206} />
        <Skeleton height={206} />
      </div>
    );
  return (
    <ul className={css.list}>
      {presets.data
        .filter((preset) => !preset.animated || file.facts.animated)
        .map((preset) => {
          const made = file.artifacts.find(({ name }) => name === preset.name);
          return (
            <li key={preset.name} className={css.card} data-preset={preset.name} data-made={made ? "yes" : "no"}>
              {made ? (
                <MadePreset artifact={made} preset={preset} file={file} />
              ) : (
                <MissingPreset preset={preset} file={file} />
              )}
            </li>
          );
        })}
    </ul>
  );
}

function MadePreset({ artifact, preset, file }: { artifact: Artifact; preset: Preset; file: StoredFile }) {
  const { name, width, height, sizeBytes, url } = artifact;
  return (
    <>
      <a className={css.image} href={url} target="_blank" rel="noreferrer">
        <img src={url} alt={`${name} of ${file.name}`} loading="lazy" />
      </a>
      <div className={css.body}>
        <div className={css.text}>
          <p className={css.name}>{name}</p>
          <p className={`${css.fine} num`}>
            {width && height ? `${width} × ${height} · ` : ""}
            {formatBytes(sizeBytes)} · {short(preset.format)}
          </p>
        </div>
        <CopyButton label={`Copy the URL of ${name}`} text={new URL(url, location.origin).href} caption="URL" />
      </div>
    </>
  );
}

const POLL_EVERY_MS = 1_000;
const GIVE_UP_AFTER_MS = 60_000;

function MissingPreset({ preset, file }: { preset: Preset; file: StoredFile }) {
  const client = useQueryClient();
  const [since, setSince] = useState<number | null>(null);
  // No event is promised for a preset, so the file is asked for until it is there; this card is gone then.
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => {
      void pollFile(client, file.id);
      if (Date.now() - since < GIVE_UP_AFTER_MS) return;
      setSince(null);
      toast(`${preset.name} was not made. The file's jobs say why.`);
    }, POLL_EVERY_MS);
    return () => clearInterval(timer);
  }, [since, client, file.id, preset.name]);

  const make = async () => {
    setSince(Date.now());
    try {
      await makePreset(file.id, preset.name);
      await refreshFile(client, file.id);
      void client.invalidateQueries({ queryKey: ["file", file.id, "jobs"] });
    } catch (error) {
      setSince(null);
      toast(errorMessage(error));
    }
  };
  return (
    <>
      <div className={css.image}>
        <Icon name="image" size={24} />
      </div>
      <div className={css.body}>
        <div className={css.text}>
          <p className={css.name}>{preset.name}</p>
          <p className={`${css.fine} num`}>
            fits {preset.maxWidth} × {preset.maxHeight} · {short(preset.format)}
          </p>
        </div>
        <Button
          small
          busy={since !== null}
          isDisabled={!isFinal(file.status)}
          onPress={() => void make()}
          aria-label={`Make ${preset.name}`}
        >
          Make
        </Button>
      </div>
    </>
  );
}

const short = (format: string) => format.replace(/^image\//, "").toUpperCase();
