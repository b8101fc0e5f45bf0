// Builds and tests the client. Maven runs it each time, so it works only when an input has changed since.
// Usage: node build.mjs build|test [--maven-offline=true] [--skip=VALUE]…: a value other than false skips the tests
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const SIZE_BUDGET_BYTES = 35_000;
const home = dirname(fileURLToPath(import.meta.url));
const target = join(home, 'target');
const dist = join(target, 'npm', 'dist');
const [task, ...options] = process.argv.slice(2);

/** A digest of files and folders, to tell whether anything changed. */
function digest(...names) {
  const hash = createHash('sha256').update(process.version);
  const add = path => {
    if (!existsSync(path)) return;
    hash.update(path.slice(home.length)).update(readFileSync(path));
  };
  for (const name of names) {
    const path = join(home, name);
    try {
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true }).sort(byPath)) {
        if (entry.isFile()) add(join(entry.parentPath, entry.name));
      }
    } catch (error) {
      if (error.code !== 'ENOTDIR') throw error;
      add(path);
    }
  }
  return hash.digest('hex');
}

function byPath(a, b) {
  const [left, right] = [join(a.parentPath, a.name), join(b.parentPath, b.name)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Does the work unless it was done for the same inputs. */
function once(stamp, inputs, outputs, work) {
  const file = join(target, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === inputs && outputs.every(existsSync)) return;
  rmSync(file, { force: true });
  work();
  mkdirSync(target, { recursive: true });
  writeFileSync(file, inputs);
}

function run(program, ...args) {
  execFileSync(process.execPath, [join(home, 'node_modules', program), ...args], { cwd: home, stdio: 'inherit' });
}

function install() {
  const modules = join(home, 'node_modules');
  const stamp = join(modules, '.belfry-lock');
  const lock = digest('package-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing the npm packages of client-js …');
  const offline = options.includes('--maven-offline=true') ? ['--offline'] : ['--prefer-offline'];
  execFileSync('npm', ['ci', '--loglevel=error', ...offline], { cwd: home, stdio: 'inherit' });
  writeFileSync(stamp, lock);
}

function build() {
  rmSync(join(target, 'npm'), { recursive: true, force: true });
  run('typescript/bin/tsc');
  const esbuild = (...args) => run('esbuild/bin/esbuild', '--bundle', '--format=esm', '--target=es2022',
    '--sourcemap', '--legal-comments=none', '--log-level=warning', ...args);
  // For bundlers: they bring the protocol client themselves.
  esbuild('src/index.ts', 'inbox=src/inbox/index.ts', '--splitting', '--packages=external', `--outdir=${dist}`);
  // For pages: one file with everything.
  const bundle = join(dist, 'belfry-inbox.js');
  esbuild('src/inbox/index.ts', '--minify', `--outfile=${bundle}`);
  checkSize(bundle);
  assemblePackage();
}

function checkSize(bundle) {
  const size = gzipSync(readFileSync(bundle), { level: 9 }).length;
  console.log(`belfry-inbox.js: ${size} bytes gzipped, protocol client included (budget: ${SIZE_BUDGET_BYTES})`);
  if (size > SIZE_BUDGET_BYTES) {
    rmSync(bundle);
    throw new Error(`belfry-inbox.js: ${size} bytes gzipped (expected: at most ${SIZE_BUDGET_BYTES})`);
  }
}

/** `npm publish target/npm` would publish this. */
function assemblePackage() {
  const { scripts, devDependencies, private: isPrivate, ...published } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  writeFileSync(join(target, 'npm', 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  cpSync(join(home, 'README.md'), join(target, 'npm', 'README.md'));
  cpSync(join(home, '..', 'LICENSE'), join(target, 'npm', 'LICENSE'));
}

const toBuild = ['src', 'package.json', 'package-lock.json', 'tsconfig.json', 'build.mjs', 'README.md'];
const toTest = [...toBuild, 'test', 'mock', 'vitest.config.ts'];

if (task === 'build') {
  once('build.stamp', digest(...toBuild), [join(dist, 'belfry-inbox.js'), join(dist, 'types', 'index.d.ts')], () => {
    install();
    build();
  });
} else if (task === 'test') {
  if (!options.some(option => option.startsWith('--skip=') && !['', 'false'].includes(option.slice('--skip='.length)))) {
    once('test.stamp', digest(...toTest), [], () => {
      install();
      run('vitest/vitest.mjs', 'run');
    });
  }
} else {
  throw new Error(`${task} (expected: build or test)`);
}
