/**
 * The platforms that have a package with the native core, `@caloscope/NAME`, which package managers install as an optional dependency
 * where `os`, `cpu` and `libc` of the package fit. `tried`: built and installed by the project itself; the others are names that nobody
 * else shall take, with nothing behind them yet.
 */
export const platforms = {
  'linux-x64-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc', tried: true },
  'linux-x64-musl': { os: 'linux', cpu: 'x64', libc: 'musl', tried: true },
  'linux-arm64-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc', tried: true },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64', tried: false },
  'win32-x64': { os: 'win32', cpu: 'x64', tried: false },
} as const;

export type Platform = keyof typeof platforms;

/** The name of this machine among them or a name of the same form, e.g. `linux-riscv64-gnu`. */
export function thisPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  return `${name}-${hasGlibc() ? 'gnu' : 'musl'}`;
}

/** Read from the report of the process, without the network, which would be asked for names of hosts. */
function hasGlibc(): boolean {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    return header.glibcVersionRuntime !== undefined;
  } finally {
    report.excludeNetwork = before;
  }
}

/** Whether users of this platform are told of a package. */
export function hasPackage(name: string): name is Platform {
  return Object.hasOwn(platforms, name) && platforms[name as Platform].tried;
}
