/** Letters of a folder's name that every file system takes. */
const LONGEST = 100;

/**
 * A folder for each network, by its name: inside the folder that they are in, and each its own where file systems do not tell
 * capitals from small letters too.
 *
 * @param files names that are taken, in small letters
 */
export function networkFolders(names: readonly string[], files: readonly string[]): readonly string[] {
  const taken = new Set(files);
  return names.map((name) => {
    const plain =
      name
        .replace(/[^\w.-]+/g, "_")
        .replace(/^\.+/, "_")
        .slice(0, LONGEST) || "_";
    let folder = plain;
    for (let number = 2; taken.has(folder.toLowerCase()); number++) folder = `${plain}-${number}`;
    taken.add(folder.toLowerCase());
    return folder;
  });
}
