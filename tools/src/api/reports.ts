import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

/** A library's entry, such as `libs/inbox/dist/admin.d.ts`, and the file that says what it offers. */
export interface Entry {
  declarations: string;
  report: string;
}

/** The entries that users and operators import, of all libraries in `root`; those for sister libraries promise nothing. */
export function entriesIn(root: string): Entry[] {
  return globSync('libs/*/package.json', { cwd: root })
    .toSorted()
    .flatMap((file) => {
      const folder = dirname(file);
      const { exports } = JSON.parse(readFileSync(join(root, file), 'utf8'));
      const declarations: string[] = Object.values<any>(exports).map(({ types }) => types);
      return declarations
        .filter((types) => !types.endsWith('/internal.d.ts'))
        .map((types) => ({
          declarations: join(folder, types),
          report: join(folder, 'api', `${basename(types, '.d.ts')}.api.md`),
        }));
    });
}

/** Whether the report of `entry` is what its compiled declarations say. */
export const isUpToDate = (root: string, entry: Entry): boolean => !compare(root, entry, false);

/** Writes the report of `entry`; whether it was another before. */
export const renew = (root: string, entry: Entry): boolean => compare(root, entry, true);

/** Whether the report differs from what the compiled declarations say; with `write` it is written. */
function compare(root: string, { declarations, report }: Entry, write: boolean): boolean {
  const main = withoutGenerated(join(root, declarations));
  const temporary = mkdtempSync(join(tmpdir(), 'everyhop-api-'));
  mkdirSync(dirname(join(root, report)), { recursive: true });
  try {
    const { apiReportChanged } = Extractor.invoke(configOf(root, main, join(root, report), temporary), {
      localBuild: write,
      messageCallback: (message) => void (message.handled = true),
    });
    return apiReportChanged;
  } finally {
    rmSync(temporary, { recursive: true });
    if (main !== join(root, declarations)) rmSync(main);
  }
}

/** Reports that belong to no entry any more. */
export const orphansIn = (root: string): string[] => {
  const known = entriesIn(root).map(({ report }) => report);
  return globSync('libs/*/api/*.api.md', { cwd: root }).filter((file) => !known.includes(file));
};

/** Events are what `schemas/` says, which has a page of its own. */
function withoutGenerated(file: string): string {
  if (!existsSync(file)) throw new Error(`${file} is missing: run npx tsc -b first.`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const kept = lines.filter((line) => !line.includes(`'./generated/`));
  if (kept.length === lines.length) return file;
  const reduced = file.replace(/\.d\.ts$/, '.api.d.ts');
  writeFileSync(reduced, kept.join('\n'));
  return reduced;
}

function configOf(root: string, main: string, report: string, temporary: string): ExtractorConfig {
  const projectFolder = dirname(dirname(report));
  const none = { default: { logLevel: 'none' as never } };
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], module: 'nodenext', strict: true },
    ...{ skipLibCheck: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: main,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [main] } },
      apiReport: {
        enabled: true,
        reportFileName: basename(report),
        reportFolder: dirname(report),
        reportTempFolder: temporary,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // What it finds about comments and the like is not what it is asked.
      messages: {
        extractorMessageReporting: none,
        tsdocMessageReporting: none,
        compilerMessageReporting: none,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
  });
}
