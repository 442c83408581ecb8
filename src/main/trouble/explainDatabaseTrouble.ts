import type { Environment } from '../../platform/config/parseConfig.ts';

const server = 'the server that TRIBUTARY_DATABASE_URL names';

/**
 * Why the database could not be reached or used; undefined for any other failure, and for what the database refused
 * because of what was asked. Only what a server says of users, roles and databases is quoted: other words of it may
 * hold rows.
 */
export function explainDatabaseTrouble(error: Error, environment: Environment): string | undefined {
  return explainConnecting(error, environment) ?? explainTls(error) ?? explainRefusal(error);
}

function explainConnecting(error: Error, environment: Environment): string | undefined {
  const { code, syscall, hostname } = error as NodeJS.ErrnoException & { readonly hostname?: string };
  const isServer =
    (environment.TRIBUTARY_DATABASE_URL ?? '') !== '' ||
    (environment.TRIBUTARY_DATABASE_URL_FILE ?? '') !== '';
  const isConnecting = syscall === 'connect' || syscall === 'getaddrinfo';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return `The host ${hostname ?? 'of the database'} is unknown (${code}): correct the host in TRIBUTARY_DATABASE_URL, or the name server of this machine.`;
    case 'ECONNREFUSED':
    case 'ENOENT':
    case 'EACCES': {
      if (!isConnecting) return undefined;
      const where = describeTarget(error);
      return isServer
        ? `No database answers${where} (${code}): start ${server}, or correct its host and port.`
        : `The embedded PostgreSQL does not answer${where} (${code}): postgres.log in the data directory may say why.`;
    }
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      if (!isConnecting) return undefined;
      return `The database cannot be reached${describeTarget(error)} (${code}): check the host in TRIBUTARY_DATABASE_URL, and the network and firewalls on the way.`;
    case 'ECONNRESET':
    case 'EPIPE':
    case '08000':
    case '08003':
    case '08006':
      return 'The connection to the database was lost, or none came free in time: check that it runs and has connections to spare (TRIBUTARY_DATABASE_POOL_SIZE).';
    default:
      return undefined;
  }
}

function describeTarget(error: Error): string {
  const { address, port } = error as { readonly address?: string; readonly port?: number };
  if (address === undefined) return '';
  return ` at ${address}${port === undefined ? '' : ` port ${port}`}`;
}

function explainTls(error: Error): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (/does not support SSL connections/.test(error.message))
    return `${capital(server)} speaks no TLS: turn ssl on there, or take sslmode out of TRIBUTARY_DATABASE_URL.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${server} is for another host: write the name that the certificate has into TRIBUTARY_DATABASE_URL.`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `The certificate of ${server} is not valid now (${code}): renew it, or correct the clock.`;
  if (/CERT|ISSUER|VERIFY_LEAF|INVALID_CA/.test(code))
    return `The certificate of ${server} is not trusted here (${code}): name the file of its authority with sslrootcert=FILE in TRIBUTARY_DATABASE_URL.`;
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code))
    return `No encrypted connection to ${server} comes about (${code}): check sslmode in TRIBUTARY_DATABASE_URL, and that the port is PostgreSQL's.`;
  return undefined;
}

/** What PostgreSQL itself answers (its manual, appendix A). */
function explainRefusal(error: Error): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  const { message } = error;
  if (/^SASL: .*password/.test(message))
    return `${capital(server)} wants a password: write it into TRIBUTARY_DATABASE_URL, or better into the file of TRIBUTARY_DATABASE_URL_FILE.`;
  switch (code) {
    case '28P01':
    case '28000':
      return `The database refuses who we are (${message}): correct user and password in TRIBUTARY_DATABASE_URL, or let the user in by pg_hba.conf.`;
    case '3D000':
      return `The database is missing (${message}): create it, or correct its name in TRIBUTARY_DATABASE_URL.`;
    case '42501':
      return `The role of TRIBUTARY_DATABASE_URL may not do this (${message}): it must own the database.`;
    case '53300':
      return 'The database has no connection to spare: raise its max_connections, or lower TRIBUTARY_DATABASE_POOL_SIZE.';
    case '53100':
      return "The database's disk is full: make room there, and do it again.";
    case '57P01':
    case '57P02':
    case '57P03':
      return 'The database is starting or stopping: try again in a moment.';
    case '25006':
      return 'The database can only be read now: name the primary server in TRIBUTARY_DATABASE_URL, or turn default_transaction_read_only off.';
    case '0A000':
      return /extension/.test(message)
        ? `An extension is missing (${message}): install it on the server (the package postgresql-contrib in some distributions).`
        : undefined;
    default:
      return undefined;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
