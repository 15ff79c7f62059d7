/** Which way imports go: no circles anywhere, within a library from room to room one way only, and into one by its entries. */

/** The rooms of a library from the top down: each may import those behind it, and the files of the library's root. */
const rooms = {
  inbox: ['replay', 'retry', 'batch', 'outage', 'parking', 'ledger', 'record', 'handler'],
  kafka: ['consumer', 'admin', 'producer', 'registry', 'connection', 'format'],
};

const isTest = '\\.(test|fixture)\\.ts$';

const oneWay = ([library, names]) =>
  names.slice(1).map((room, index) => ({
    name: `${library}/${room} imports no room above it`,
    severity: 'error',
    from: { path: `^libs/${library}/src/${room}/`, pathNot: isTest },
    to: { path: `^libs/${library}/src/(${names.slice(0, index + 1).join('|')})/` },
  }));

export default {
  forbidden: [
    {
      name: 'no circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(rooms).flatMap(oneWay),
    {
      name: 'services use what the libraries offer to everybody',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^libs/[^/]+/src/internal\\.ts$' },
    },
    {
      name: 'handlers are none of who operates them',
      severity: 'error',
      from: { path: '^services/', pathNot: ['\\.controller\\.ts$', isTest] },
      to: { path: '^libs/[^/]+/src/admin\\.ts$' },
    },
    {
      name: 'a library is entered by its entries',
      severity: 'error',
      from: { path: '^(libs/[^/]+|services|tools|bench|e2e)/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: ['^$1/', '^libs/[^/]+/src/(index|internal|admin|jest|register)\\.ts$'],
      },
    },
  ],
  options: {
    // Types, too: who reads one file has to know the other.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|generated)/' },
    enhancedResolveOptions: {
      conditionNames: ['everyhop-source', 'import', 'node'],
      exportsFields: ['exports'],
    },
  },
};
