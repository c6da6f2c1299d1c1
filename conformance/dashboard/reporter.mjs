// A reporter of node:test: a line of JSON for each test that ended, with the names on the way to it.
export default async function* reporter(events) {
  const names = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') names.splice(data.nesting, Infinity, data.name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const error = data.details?.error;
    yield `${JSON.stringify({
      path: [...names.slice(0, data.nesting), data.name],
      failed: type === 'test:fail' && data.todo === undefined,
      skipped: data.skip === undefined ? undefined : String(data.skip),
      error: error && String(error.cause?.message ?? error.cause ?? error.message),
      within: error?.failureType === 'subtestsFailed',
    })}\n`;
  }
}
