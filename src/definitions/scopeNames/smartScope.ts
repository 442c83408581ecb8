/** What a scope of SMART App Launch 1 or 2 opens: whose, which resource, what may be done, and of which part. */
interface SmartScope {
  readonly context: string;
  /** `*` for every one. */
  readonly resource: string;
  /** Letters of `cruds`. */
  readonly may: string;
  /** A search that narrows it; empty for all. */
  readonly filter: string;
}

const smartForm = /^(patient|user|system)\/(\*|[A-Z][A-Za-z]*)\.(read|write|\*|c?r?u?d?s?)(?:\?(.*))?$/;
const permissions: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

function readSmartScope(name: string): SmartScope | undefined {
  const [, context, resource, may = '', filter = ''] = smartForm.exec(name) ?? [];
  if (context === undefined || resource === undefined || may === '') return undefined;
  return { context, resource, may: permissions[may] ?? may, filter };
}

/** Whether a name stands for a whole record rather than for one resource of it. */
export function isWholeRecord(name: string): boolean {
  return readSmartScope(name)?.resource === '*';
}

/** Whether what one scope opens contains all that the other does. */
export function containsSmart(name: string, wanted: string): boolean {
  const [outer, inner] = [readSmartScope(name), readSmartScope(wanted)];
  if (outer === undefined || inner === undefined || outer.context !== inner.context) return false;
  return (
    (outer.resource === '*' || outer.resource === inner.resource) &&
    [...inner.may].every((letter) => outer.may.includes(letter)) &&
    (outer.filter === '' || outer.filter === inner.filter)
  );
}
