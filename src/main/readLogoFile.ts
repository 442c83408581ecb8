import type { ConvertedLogo } from '../catalogue/convertLogo.ts';
import { openRegularFile } from '../platform/intake/openRegularFile.ts';

/** The logo that an image file shows. @throws {DomainError} `logo-unusable` */
export async function readLogoFile(path: string): Promise<ConvertedLogo> {
  // Every command line loads this file; the decoders of images are for those with a logo alone.
  const { convertLogo, logoFileBytesMax } = await import('../catalogue/convertLogo.ts');
  const file = await openRegularFile(path);
  const chunks: Buffer[] = [];
  // One byte more than is allowed is enough to refuse it.
  for await (const chunk of file.createReadStream({ end: logoFileBytesMax })) chunks.push(chunk as Buffer);
  return convertLogo(Buffer.concat(chunks));
}
