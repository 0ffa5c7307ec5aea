import { randomUUID } from "node:crypto";
import { fstatSync, type Stats } from "node:fs";
import { chmod, chown, lstat, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Writes a whole file: beside its place and renamed, so that a full disk or a kill leaves the file that was there. Devices
 * and pipes are written to as they are.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (await takesRenaming(file, found)) await replace(await realpath(file).catch(() => file), content, found);
  else await writeFile(file, content);
}

/** A new name, or a regular file that is no door to a stream: neither a device, nor where stdout goes, nor a link to what is yet to be. */
async function takesRenaming(file: string, found: Stats | undefined): Promise<boolean> {
  if (found === undefined) return (await lstat(file).catch(() => undefined)) === undefined;
  const isStream = [1, 2].some((descriptor) => {
    const { dev, ino } = fstatSync(descriptor);
    return dev === found.dev && ino === found.ino;
  });
  // Others may know a file by another name, and the folder may be of those that nobody adds to.
  return found.isFile() && found.nlink === 1 && !isStream && !/^\/(dev|proc)\//.test(resolve(file));
}

async function replace(place: string, content: string | Uint8Array, found: Stats | undefined): Promise<void> {
  const part = join(dirname(place), `.${basename(place).slice(0, 200)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await writeFile(part, content, { flag: "wx" });
    if (found) {
      await chown(part, found.uid, found.gid).catch(() => undefined);
      await chmod(part, found.mode);
    }
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true });
    // A file may be open to us in a folder that is not.
    if (found === undefined || !/^(EACCES|EPERM|EROFS)$/.test((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
    await writeFile(place, content);
  }
}
