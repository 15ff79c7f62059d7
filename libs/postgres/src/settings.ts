/**
 * What a session is asked for, whatever `postgresql.conf`, `alter database` or `alter role` say: as these decide how
 * values are written and read, what is a statement here would mean something else there. Settings that only make a
 * statement slower, wait less long, or go to another schema are the operator's.
 */
export const pinned: Readonly<Record<string, string>> = {
  // How `pg` reads timestamps, intervals, binary data and floating-point numbers.
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  // What a day is in SQL, on which the instances and databases of one system agree.
  TimeZone: 'UTC',
  // How literals and arrays are written: a null in an array would be the text NULL, a backslash the begin of an escape.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  // Transactions take turns by locks, and see what was committed while they waited for one.
  default_transaction_isolation: 'read committed',
  // A listener, or who proves by a lock that a process lives, says nothing for long.
  idle_session_timeout: '0',
};
