import { type ChildProcess, spawn } from "node:child_process";

/**
 * What runs in the watchdog: a shell that knows the process groups under way, and ends them when its input does, which is when this
 * process is gone, by whatever it was killed. POSIX shell, as Debian's and macOS's `sh` are.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r what group grace; do
  case $what in
    begins) groups="$groups$group:$grace " ;;
    ended) groups="\${groups%% $group:*} \${groups#* $group:* }" ;;
  esac
done
for one in $groups; do
  group=\${one%:*} grace=\${one#*:}
  kill -s TERM -- "-$group" &&
    while [ "$grace" -gt 0 ] && sleep 1 && kill -s 0 -- "-$group"; do grace=$((grace - 1)); done &&
    kill -s KILL -- "-$group" &
done 2>/dev/null
wait
`;

/** The watchdog of this process, once there is a program to watch. */
let watchdog: ChildProcess | undefined;
/** Process groups under way, with the seconds that each is given after SIGTERM. */
const groups = new Map<number, number>();

/**
 * From now on a process group ends when this process does, even by SIGKILL: SIGTERM, and SIGKILL after the grace in whole seconds.
 * Without a shell it does not, and nothing else differs.
 *
 * @param group id of its leader
 */
export function watchGroup(group: number, graceMs: number): void {
  groups.set(group, Math.max(1, Math.ceil(graceMs / 1000)));
  if (watchdog) tell("begins", group);
  else startWatchdog();
}

/** The group is gone; its number may be given to another. */
export function unwatchGroup(group: number): void {
  groups.delete(group);
  tell("ended", group);
}

function startWatchdog(): void {
  // In a session of its own, since a terminal or a batch system may end all of this process' at once.
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  watchdog = shell;
  const forget = (): void => {
    if (watchdog === shell) watchdog = undefined;
  };
  shell.on("error", forget).on("exit", forget).unref();
  shell.stdin.on("error", forget);
  (shell.stdin as unknown as { unref(): void }).unref();
  for (const group of groups.keys()) tell("begins", group);
}

function tell(what: "begins" | "ended", group: number): void {
  watchdog?.stdin?.write(`${what} ${group} ${groups.get(group) ?? ""}\n`);
}
