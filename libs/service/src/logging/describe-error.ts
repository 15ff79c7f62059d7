const mailAddress = /[^\s<>@"'(),:;/]+@[^\s<>@"'(),:;/]+/g;

/** An error without the values that come with it from drivers and servers, since these may be personal data. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, stack, cause } = error;
  const { code } = error as { code?: unknown };
  const message = withoutValues(error);
  return {
    type: name,
    code,
    message,
    stack: stack?.replace(error.message, () => message),
    cause: cause === undefined ? undefined : describeError(cause),
  };
}

function withoutValues(error: Error): string {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  // Of class 22, bad data, Postgres quotes the value; in other messages names of tables and the like.
  const isBadData = severity !== undefined && String(code).startsWith('22');
  const message = isBadData ? error.message.replace(/".*"/s, '"…"') : error.message;
  // Mail servers, and addresses of servers with passwords.
  return message.replace(mailAddress, '…@…');
}
