export type FilmFacts = { readonly seconds: number; readonly width: number; readonly height: number };
type Box = { readonly type: string; readonly body: Buffer };

/** Length and size of a film that players open (ISO/IEC 14496-12: `ftyp`, `moov` and `mdat`); null if it is none. */
export function filmFacts(bytes: Buffer): FilmFacts | null {
  const boxes = boxesOf(bytes);
  const movie = boxes.find(({ type }) => type === 'moov');
  if (movie === undefined || !['ftyp', 'mdat'].every((type) => boxes.some((box) => box.type === type))) return null;

  const parts = boxesOf(movie.body);
  const header = parts.find(({ type }) => type === 'mvhd')?.body;
  const tracks = parts.filter(({ type }) => type === 'trak').flatMap(({ body }) => boxesOf(body));
  const sizes = tracks.filter(({ type }) => type === 'tkhd').map(({ body }) => sizeOf(body));
  const picture = sizes.find(({ width }) => width > 0);
  if (header === undefined || picture === undefined) return null;
  return { seconds: secondsOf(header), ...picture };
}

/** The boxes that follow each other in `bytes`; the last one may claim more than is there and is then left out. */
export function boxesOf(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short;
    const head = isLong ? 16 : 8;
    if (length < head || at + length > bytes.length) break;
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + head, at + length) });
    at += length;
  }
  return boxes;
}

function secondsOf(header: Buffer): number {
  const isLong = header[0] === 1;
  const scale = header.readUInt32BE(isLong ? 20 : 12);
  const duration = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16);
  return scale === 0 ? 0 : duration / scale;
}

/** The last eight bytes of a track's header: width and height as 16.16 numbers. */
function sizeOf(header: Buffer): { width: number; height: number } {
  return {
    width: header.readUInt32BE(header.length - 8) >>> 16,
    height: header.readUInt32BE(header.length - 4) >>> 16,
  };
}
