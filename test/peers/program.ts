/** How a release archive is packed: `none` is the bare binary. */
export type ArchiveKind = 'tar.gz' | 'zip' | 'none';

/** The official release of a program for this machine's system and processor. */
export interface Release {
  readonly url: string;
  readonly archive: ArchiveKind;
  /** Path of the binary in the archive; the file name alone where there is no archive. */
  readonly member: string;
  /** URL of the published SHA-256 file: one bare digest, or lines of digest and file name. */
  readonly checksums: string;
}

/** How a program is built from its Go module. */
export interface GoBuild {
  /** Folder under `test/peers/go/` whose go.mod and go.sum pin the sources. */
  readonly module: string;
  /** The module and version that go.mod must require: the linked-in version would hide a forgotten one. */
  readonly requires: string;
  readonly package: string;
  /** A file that the program embeds and its module does not carry: it is built with an empty one. @default - none */
  readonly missingAsset?: string;
  /** Values set at link time, by Go variable, so that the binary reports its version. */
  readonly variables: Readonly<Record<string, string>>;
}

/** One real program: which version is wanted, how it reports its version, and where it comes from. */
export interface Program {
  readonly name: string;
  readonly version: string;
  /** Oldest version that is accepted from the PATH. @default the pinned version alone */
  readonly atLeast?: string;
  readonly versionArgs: readonly string[];
  /** Its first group is the version without `v`. */
  readonly versionPattern: RegExp;
  /** @default - it has none that we know of */
  readonly release?: Release;
  /** @default - we do not build it */
  readonly go?: GoBuild;
}

const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
/** This machine's system, as releases name it. */
export const SYSTEM = process.platform;

/** This machine's processor, as releases name it. */
export const PROCESSOR = PROCESSORS[process.arch] ?? process.arch;

type GitHubRelease = { repository: string; file: string; archive: 'tar.gz' | 'zip'; tag: string; checksums: string };

/** The files of a release on GitHub. */
export const gitHubRelease = (of: GitHubRelease, name: string): Release => {
  const folder = `https://github.com/${of.repository}/releases/download/${of.tag}`;
  return {
    url: `${folder}/${of.file}.${of.archive}`,
    archive: of.archive,
    member: `${of.file}/${name}`,
    checksums: `${folder}/${of.checksums}`,
  };
};
