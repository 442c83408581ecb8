import sharp from 'sharp';

/**
 * The image library as every use of it must find it: what may be opened is decided once, for the whole process.
 *
 * Only four decoders are left, and only for bytes in memory. SVG, PDF, TIFF, HEIF and whatever the library learns
 * next are refused by itself, even if a check before it were wrong: they read other files, run far larger decoders
 * or both. Logos are rare and small, so one thread and no cache do, and the process keeps its memory for requests.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
});
sharp.cache(false);
sharp.concurrency(1);

export { sharp };
