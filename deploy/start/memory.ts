import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

type ProcessRow = { pid: number; parent: number; rssBytes: number };

/**
 * Resident memory in bytes of this process and all its descendants, the database's included. Pages
 * shared between processes count once per process, so the truth is lower.
 */
export function residentBytes(): number {
  const rows = process.platform === "linux" ? fromProc() : fromPs();
  const family = new Set([process.pid]);
  // Parents may be listed after their children: repeat until nobody is added. Bounded by the rows.
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const row of rows) if (family.has(row.parent)) family.add(row.pid);
  }
  return rows.filter(({ pid }) => family.has(pid)).reduce((sum, row) => sum + row.rssBytes, 0);
}

function fromProc(): ProcessRow[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        const field = (key: string): number =>
          Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
        return [{ pid: Number(name), parent: field("PPid"), rssBytes: field("VmRSS") * 1024 }];
      } catch {
        return [];
      }
    });
}

function fromPs(): ProcessRow[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss="], { encoding: "utf8" });
  return lines
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, rssBytes: kilobytes * 1024 };
    });
}
