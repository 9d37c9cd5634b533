// Known weaknesses of the packages that users install, from `npm audit`: from moderate on they fail. A registry that does not answer it
// says nothing of them; then this says so.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const { metadata, vulnerabilities, message } = JSON.parse(stdout);
if (!metadata) {
  console.log(`not checked: the registry answers no audit (${message})`);
} else {
  const { moderate, high, critical } = metadata.vulnerabilities;
  const names = Object.keys(vulnerabilities).join(', ');
  console.log(`weaknesses: ${moderate} moderate, ${high} high, ${critical} critical ${names}`);
  if (moderate + high + critical > 0) process.exitCode = 1;
}
