import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { judgeDatabaseUrl } from './judgeDatabaseUrl.ts';

describe('judgeDatabaseUrl', () => {
  it.each([
    ['postgresql://u:hunter#2@db.example.org/t', '#'],
    ['postgresql://u:12#hunter2@db.example.org/t', '#'],
    ['postgresql://u:hunter/2@db.example.org/t', '/'],
    ['postgresql://u:12/hunter2@db.example.org/t', '/'],
    ['postgresql://u:hunter@2@db.example.org/t', '@'],
    ['postgresql://u:12?hunter2@db.example.org/t', '?'],
    ['postgresql://u:hunter@2/@db.example.org/t', '/'],
    ['postgresql://u:hunter%ff2@db.example.org/t', '%'],
    ['postgresql://u:hunter2@db.example.org:port/t', 'cannot be read as a URL'],
  ])('names what is wrong with %s and quotes nothing of it', (url, named) => {
    const mistake = judgeDatabaseUrl(url);
    expect(mistake).toContain(named);
    expect(mistake).toContain('%23');
    expect(mistake).not.toMatch(/hunter|example/);
    const refusal = (): unknown => readConfig({ TRIBUTARY_DATABASE_URL: url });
    expect(refusal).toThrow(/TRIBUTARY_DATABASE_URL (has|cannot)/);
    expect(refusal).not.toThrow(/hunter/);
  });

  it.each([
    'postgresql://u:hunter%232@db.example.org/t',
    'postgresql://db.example.org/t?sslmode=verify-full&user=tributary@server',
    'postgresql://u@db.example.org:5432/t',
    'postgresql://u@/t?host=%2Ftmp%2Fsockets&port=5432',
    'postgresql://u:50%@db.example.org/t',
    'postgresql:///t?host=/tmp/sockets',
    'postgres://u:p@[::1]:5432/t',
  ])('has nothing against %s', (url) => {
    expect(judgeDatabaseUrl(url)).toBeUndefined();
  });
});
