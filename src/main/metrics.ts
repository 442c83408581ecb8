import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { createRegisterCounts, type CountsByLabel } from './countRegister.ts';

interface Metrics {
  readonly requestAnswered: (operation: string, status: number, durationMs: number) => void;
  /** Serves the registry in Prometheus' text form and gives the port and a way to stop. */
  listen(host: string, port: number): Promise<{ readonly port: number; close(): Promise<void> }>;
}

/** Counters of this process. Labels are operations and status codes only: nothing about a person or a project. */
export function createMetrics(database: Database, clock: Clock): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answered = new Counter({
    name: 'tributary_http_requests_total',
    help: 'Requests answered, by operation and status.',
    labelNames: ['operation', 'status'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'tributary_http_request_duration_seconds',
    help: 'Time from the request line to the last byte of the answer.',
    labelNames: ['operation'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120],
    registers: [registry],
  });
  new Gauge({
    name: 'tributary_database_connections',
    help: 'Connections of this process to the database, and callers that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { total, idle, waiting } = database.load();
      this.set({ state: 'busy' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  addRegisterGauges(registry, database, clock);
  new Gauge({
    name: 'tributary_database_available',
    help: '1 while the database answers and can be written, as far as this process knows; else 0.',
    labelNames: [],
    registers: [registry],
    collect() {
      this.set(database.state() === 'available' ? 1 : 0);
    },
  });
  return {
    requestAnswered: (operation, status, durationMs) => {
      answered.inc({ operation, status: String(status) });
      duration.observe({ operation }, durationMs / 1000);
    },
    listen: (host, port) => listen(registry, host, port),
  };
}

/** What is in the database, as any process on it counts it: to be shown once, not added up. */
function addRegisterGauges(registry: Registry, database: Database, clock: Clock): void {
  const { accounts, journeys, revocations } = createRegisterCounts(database, clock);
  new Gauge({
    name: 'tributary_external_accounts',
    help: 'External accounts of all projects, by status; counted every five minutes at the most.',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      fill(
        await accounts(),
        (status, count) => this.set({ status }, count),
        () => this.reset(),
      );
    },
  });
  new Gauge({
    name: 'tributary_connect_journeys',
    help: 'Journeys of the last hour by how they ended, and those that are open.',
    labelNames: ['outcome'],
    registers: [registry],
    async collect() {
      fill(
        await journeys(),
        (outcome, count) => this.set({ outcome }, count),
        () => this.reset(),
      );
    },
  });
  new Gauge({
    name: 'tributary_revocations_queued',
    help: 'Grants that wait to be given back: due now, or tried and due later.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      fill(
        await revocations(),
        (state, count) => this.set({ state }, count),
        () => this.reset(),
      );
    },
  });
}

/** Labels that nothing has any more disappear. */
function fill(counts: CountsByLabel, set: (label: string, count: number) => void, reset: () => void): void {
  reset();
  for (const { label, count } of counts) set(label, count);
}

async function listen(registry: Registry, host: string, port: number) {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
