import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What `npm pack` put into the tarball. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

/** The package in a project of its own, as users get it. */
export interface InstalledPackage {
  /** The project: `node_modules/polaris-dse` lies in it. */
  readonly project: string;
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly PackedFile[];
  remove(): Promise<void>;
}

/**
 * Packs what `npm run build` left and unpacks it into an empty project, without the network.
 *
 * The package is unpacked, not linked, so that it finds only the dependencies it declares.
 */
export async function installPackage(): Promise<InstalledPackage> {
  const project = await mkdtemp(join(tmpdir(), "polaris-dse-"));
  const remove = (): Promise<void> => rm(project, { recursive: true, force: true, maxRetries: 3 });
  try {
    const { stdout } = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", project],
      { cwd: ROOT },
    );
    const [packed] = JSON.parse(stdout) as [
      { readonly filename: string; readonly size: number; readonly files: readonly PackedFile[] },
    ];
    const tarball = join(project, packed.filename);
    await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const folder = join(project, "node_modules", "polaris-dse");
    await mkdir(folder, { recursive: true });
    await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", folder]);
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const name of Object.keys(manifest.dependencies)) {
      const link = join(project, "node_modules", name);
      // A name may have a scope, which is a folder.
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(ROOT, "node_modules", name), link, "junction");
    }
    return { project, tarball, size: packed.size, files: packed.files, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
