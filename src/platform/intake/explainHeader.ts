const separators = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
] as const;

/**
 * What a first line that is not the wanted header seems to be: columns divided by something else than commas, Excel's
 * `sep=` line, names spelt in another way. Undefined where nothing of the kind is recognised. Quotes nothing but wanted
 * names and other spellings of them, because without a header the first line is about somebody.
 */
export function explainHeader(fields: readonly string[], wanted: readonly string[]): string | undefined {
  const [first = ''] = fields;
  if (fields.length === 1 && /^sep=.?$/i.test(first.trim()))
    return 'the first line is the sep= line of Excel, not the header; take it away, and divide columns by commas';
  const byForm = new Map(wanted.map((name) => [formOf(name), name]));
  for (const [sign, name] of separators)
    if (fields.some((field) => field.split(sign).some((part) => part !== field && byForm.has(formOf(part)))))
      return `the columns are divided by ${name}; save the file with commas between them (CSV UTF-8, comma delimited)`;
  const respelt = fields.flatMap((field) => {
    const name = byForm.get(formOf(field));
    return name === undefined || name === field ? [] : [`"${field.trim()}" is written ${name}`];
  });
  return respelt.length === 0 ? undefined : `columns are spelt in another way: ${respelt.join(', ')}`;
}

/** Letters and digits alone: "Participant Identifier" and participant_identifier are one. */
function formOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
