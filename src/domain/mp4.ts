/**
 * Walks the boxes of an mp4 (ISO 14496-12 §4.2) as its bytes pass, keeping none: a file is whole if it begins with
 * `ftyp`, has `moov` and `mdat`, and ends where a box ends. A source cut short never passes for a video.
 */
export class Mp4Walk {
  #header = new Uint8Array(16);
  #have = 0;
  /** Bytes of the present box still to come; Infinity: it runs to the end of the file. */
  #rest = 0;
  readonly #seen = new Set<string>();
  #isMp4 = true;

  /** False as soon as the bytes cannot be an mp4. */
  push(chunk: Uint8Array): boolean {
    let at = 0;
    while (this.#isMp4 && at < chunk.length) {
      if (this.#rest > 0) {
        const step = Math.min(this.#rest, chunk.length - at);
        this.#rest -= step;
        at += step;
      } else {
        this.#header[this.#have] = chunk[at] ?? 0;
        this.#have += 1;
        at += 1;
        this.#open();
      }
    }
    return this.#isMp4;
  }

  isWhole(): boolean {
    const atEnd = this.#have === 0 && (this.#rest === 0 || this.#rest === Number.POSITIVE_INFINITY);
    return this.#isMp4 && atEnd && this.#seen.has('moov') && this.#seen.has('mdat');
  }

  #open(): void {
    if (this.#have < 8) return;
    const view = new DataView(this.#header.buffer);
    const size = view.getUint32(0);
    const isLong = size === 1;
    if (isLong && this.#have < 16) return;

    const headerSize = isLong ? 16 : 8;
    const whole = isLong ? Number(view.getBigUint64(8)) : size;
    const type = String.fromCharCode(...this.#header.subarray(4, 8));
    const isFirst = this.#seen.size === 0;
    if ((isFirst && type !== 'ftyp') || (whole !== 0 && whole < headerSize)) this.#isMp4 = false;
    this.#seen.add(type);
    this.#rest = whole === 0 ? Number.POSITIVE_INFINITY : whole - headerSize;
    this.#have = 0;
  }
}
