import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** Text of a file; null where there is none. */
export type ReadText = (path: string) => string | null;

/** A control group whose limits hold for the process. */
export interface ControlGroup {
  readonly version: 1 | 2;
  /** Where its files lie. */
  readonly folder: string;
  /** Below what is mounted. */
  readonly name: string;
}

/** A hierarchy of control groups. */
interface GroupMount {
  readonly version: 1 | 2;
  /** Group that lies at the mount point. */
  readonly root: string;
  readonly point: string;
}

/** The groups of a controller that the process is in, and all above them; cgroups(7). */
export function controlGroups(readText: ReadText, controller: 'cpu' | 'memory'): ControlGroup[] {
  const mounts = groupMounts(readText('/proc/self/mountinfo') ?? '', controller);
  const lines = (readText('/proc/self/cgroup') ?? '').split('\n');
  return lines.flatMap((line) => {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || group === undefined) return [];
    const version = controllers === '' ? 2 : 1;
    if (version === 1 && !controllers.split(',').includes(controller)) return [];
    const mount = mounts.find((found) => found.version === version);
    return mount ? groupsAbove(mount, group) : [];
  });
}

/** proc(5): "36 35 98:0 /root /point options optional… - type source options of the file system". */
function groupMounts(mountinfo: string, controller: string): GroupMount[] {
  return mountinfo.split('\n').flatMap((line): GroupMount[] => {
    const [place = '', system = ''] = line.split(' - ');
    const [root, point] = place.split(' ').slice(3, 5).map(unescaped);
    const [type, , options = ''] = system.split(' ');
    if (root === undefined || point === undefined) return [];
    if (type === 'cgroup2') return [{ version: 2, root, point }];
    return type === 'cgroup' && options.split(',').includes(controller) ? [{ version: 1, root, point }] : [];
  });
}

function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function groupsAbove({ version, root, point }: GroupMount, group: string): ControlGroup[] {
  // What lies outside of what is mounted, as in a container that sees the names of its host, is at the mount point.
  const below = posix.relative(root, group);
  const inside = below === '..' || below.startsWith('../') ? '' : below;
  const groups: ControlGroup[] = [];
  for (let at = inside; ; at = at.includes('/') ? posix.dirname(at) : '') {
    groups.push({ version, folder: posix.join(point, at), name: posix.join('/', at) });
    if (at === '') return groups;
  }
}

/** Text of a file of this machine; null where it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
